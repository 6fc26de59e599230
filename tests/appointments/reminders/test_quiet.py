"""Quiet hours by the centre's clock."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from appointments.models import Patient
from appointments.reminders.quiet import quiet_end

LONDON = ZoneInfo("Europe/London")


def end(hour: int, minute: int = 0, *, quiet: tuple[int, int] = (21, 8), day: int = 5) -> str:
    patient = Patient(quiet_from=time(quiet[0]), quiet_until=time(quiet[1]))
    found = quiet_end(patient=patient, zone=LONDON, now=datetime(2026, 11, day, hour, minute, tzinfo=LONDON))
    return found.isoformat() if found else ""


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        (20, 59, ""),
        (21, 0, "2026-11-06T08:00:00+00:00"),
        (7, 59, "2026-11-05T08:00:00+00:00"),
        (8, 0, ""),
    ],
)
def test_end_when_hours_run_over_midnight(hour: int, minute: int, expected: str) -> None:
    assert end(hour, minute) == expected


def test_end_when_hours_lie_within_a_day() -> None:
    assert [end(12, quiet=(13, 15)), end(14, quiet=(13, 15)), end(15, quiet=(13, 15))] == [
        "",
        "2026-11-05T15:00:00+00:00",
        "",
    ]


def test_end_when_there_are_no_hours() -> None:
    assert end(3, quiet=(8, 8)) == ""


def test_end_when_clocks_change_in_the_night() -> None:
    patient = Patient(quiet_from=time(21), quiet_until=time(8))
    before = datetime(2026, 10, 24, 20, 30, tzinfo=UTC)  # 21:30 in summer time, which ends in this night

    found = quiet_end(patient=patient, zone=LONDON, now=before)

    assert found == datetime(2026, 10, 25, 8, 0, tzinfo=UTC)
