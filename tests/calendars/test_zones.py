"""VTIMEZONE says what the zone's clock does, to the second, judged by a reading of our own."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Timezone

from appointments.calendars.zones import vtimezone

JANUARY, JUNE = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 6, 10, tzinfo=UTC)


def onset_of(part: Any) -> tuple[datetime, timedelta]:
    """Return when a clock begins, in UTC without a zone, and its offset."""
    return part["DTSTART"].dt - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td


def offset_by(component: Timezone, moment: datetime) -> timedelta:
    """Return the offset from UTC that the component gives: that of the last onset before the moment."""
    onsets = [onset_of(part) for part in component.subcomponents]
    return max(onset for onset in onsets if onset[0] <= moment.replace(tzinfo=None))[1]


@pytest.mark.parametrize(
    "name",
    [
        "Europe/London",
        "Asia/Kolkata",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Africa/Casablanca",
    ],
)
def test_zone_when_each_hour_of_a_year(name: str) -> None:
    component = vtimezone(name=name, first=JANUARY, last=JUNE)
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(365 * 24)]

    wrong = [hour for hour in hours if offset_by(component, hour) != hour.astimezone(ZoneInfo(name)).utcoffset()]

    assert component["TZID"] == name
    assert wrong == []


def test_zone_when_clocks_go_forward() -> None:
    component = vtimezone(name="Europe/London", first=JANUARY, last=JUNE)

    [summer] = component.walk("DAYLIGHT")

    # At one o'clock on the old clock, as RFC 5545 wants it.
    assert summer.to_ical().decode().splitlines() == [
        "BEGIN:DAYLIGHT",
        "DTSTART:20260329T010000",
        "TZNAME:BST",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "END:DAYLIGHT",
    ]


def test_zone_when_it_never_changes() -> None:
    component = vtimezone(name="Asia/Kolkata", first=JANUARY, last=datetime(2029, 1, 1, tzinfo=UTC))

    assert [onset_of(part)[1] for part in component.subcomponents] == [timedelta(hours=5, minutes=30)]
