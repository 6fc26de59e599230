"""VTIMEZONE: what a time zone's clock does in the years that a calendar needs.

Built here, since icalendar 7 writes the onset of summer time on the new clock instead of the old one (RFC 5545, 3.6.5).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_STEP = timedelta(days=1)  # two changes of a clock are further apart than that


def vtimezone(*, name: str, first: datetime, last: datetime) -> Timezone:
    """Return the zone's component for the whole years from `first` to `last`, both aware."""
    component = Timezone()
    component.add("tzid", name)
    for observance in _observances(name, first.astimezone(UTC).year, last.astimezone(UTC).year):
        component.add_component(observance)
    return component


@lru_cache(maxsize=128)
def _observances(name: str, first_year: int, last_year: int) -> tuple[TimezoneStandard | TimezoneDaylight, ...]:
    """Return one component for the clock at the beginning, and one for each change up to the end."""
    zone = ZoneInfo(name)
    begin = datetime(first_year, 1, 1, tzinfo=UTC) - _STEP  # the day before: New Year comes earlier in the east
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC) + _STEP
    return (
        _observance(begin, begin, zone),
        *(_observance(moment - _SECOND, moment, zone) for moment in _changes(zone, begin, end)),
    )


_SECOND = timedelta(seconds=1)


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the first second of every new offset, in UTC."""
    at = begin
    while at < end:
        if _clock(at, zone) != _clock(at + _STEP, zone):
            before, after = at, at + _STEP
            while after - before > _SECOND:
                middle = before + (after - before) // 2
                middle -= timedelta(microseconds=middle.microsecond)
                before, after = (middle, after) if _clock(middle, zone) == _clock(at, zone) else (before, middle)
            yield after
        at += _STEP


def _clock(moment: datetime, zone: ZoneInfo) -> tuple[timedelta | None, str | None]:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _observance(before: datetime, onset: datetime, zone: ZoneInfo) -> TimezoneStandard | TimezoneDaylight:
    """Return the clock that begins at `onset`; the onset is told on the clock that went before."""
    old, new = before.astimezone(zone), onset.astimezone(zone)
    offset_before = old.utcoffset() or timedelta()
    component = TimezoneDaylight() if new.dst() else TimezoneStandard()
    component.add("dtstart", (onset + offset_before).replace(tzinfo=None))
    component.add("tzoffsetfrom", offset_before)
    component.add("tzoffsetto", new.utcoffset() or timedelta())
    component.add("tzname", new.tzname() or zone.key)
    return component
