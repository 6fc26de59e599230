"""Days as people at a centre count them: from midnight to midnight on its own clock."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


def midnights(day: date, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a day begins and when the next one does; 23 to 25 hours lie between where clocks change."""
    begin, end = (datetime.combine(one, time.min, tzinfo=zone) for one in (day, day + ONE_DAY))
    return begin, end


def read_day(text: str) -> date | None:
    """Return the date written like 2026-11-05, or None; none at the ends of the calendar, where a day more is no date."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 < day.year < 2200 else None
