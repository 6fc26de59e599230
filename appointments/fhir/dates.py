"""Dates of a search: `ge2026-11-05`, `2026-11`, `lt2026-11-05T09:00:00+05:30`. A date is a span of time; so is a second."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo

from django.db.models import Q

_PREFIX = "eq|ne|gt|lt|ge|le|sa|eb|ap"
# A plus sign that nobody encoded arrives as a blank.
_DATE = re.compile(
    rf"(?P<prefix>{_PREFIX})?(?P<year>\d{{4}})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.\d{1,9})?)?(?P<offset>Z|[+ -]\d\d:\d\d)?)?)?)?"
)


class BadDateError(ValueError):
    """It is no date that FHIR knows."""


def matching(texts: Iterable[str], *, field: str, zone: tzinfo, now: datetime) -> Q:
    """Return the condition that a moment is in all of these dates; commas within one mean any.

    A date without an offset is one of `zone`. Raises BadDateError.
    """
    found = Q()
    for text in texts:
        either = Q(pk__in=[])
        for part in text.split(","):
            either |= _one(part.strip(), field=field, zone=zone, now=now)
        found &= either
    return found


def _one(text: str, *, field: str, zone: tzinfo, now: datetime) -> Q:
    match = _DATE.fullmatch(text)
    if match is None:
        raise BadDateError
    try:
        low, high = _span(match, zone)
        # R4 recommends a tenth of the time between then and now.
        reach = abs(now - low) / 10 if match["prefix"] == "ap" else timedelta()
        about = Q(**{f"{field}__gte": low - reach, f"{field}__lt": high + reach})
    except (ValueError, OverflowError) as error:
        raise BadDateError from error
    inside = Q(**{f"{field}__gte": low, f"{field}__lt": high})
    before, after = Q(**{f"{field}__lt": low}), Q(**{f"{field}__gte": high})
    conditions = {
        "eq": inside,
        "ne": before | after,
        "gt": after,
        "sa": after,
        "lt": before,
        "eb": before,
        "ge": inside | after,
        "le": inside | before,
        "ap": about,
    }
    return conditions[match["prefix"] or "eq"]


def _span(match: re.Match[str], zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the first moment of the date, and the first one after it, in UTC."""
    year, month, day = int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)
    if match["hour"]:
        return _moment(match, zone, datetime(year, month, day))  # noqa: DTZ001 (the zone comes next)
    if match["day"]:
        following = datetime(year, month, day) + timedelta(days=1)  # noqa: DTZ001
    elif match["month"]:
        following = datetime(year + month // 12, month % 12 + 1, 1)  # noqa: DTZ001
    else:
        following = datetime(year + 1, 1, 1)  # noqa: DTZ001
    low = datetime(year, month, day, tzinfo=zone)
    return low.astimezone(UTC), following.replace(tzinfo=zone).astimezone(UTC)


def _moment(match: re.Match[str], zone: tzinfo, day: datetime) -> tuple[datetime, datetime]:
    local = day.replace(hour=int(match["hour"]), minute=int(match["minute"]), second=int(match["second"] or 0))
    offset = match["offset"]
    if offset:
        zone = (
            UTC
            if offset == "Z"
            else datetime.fromisoformat(f"2000-01-01T00:00{offset.replace(' ', '+')}").tzinfo or UTC
        )
    low = local.replace(tzinfo=zone).astimezone(UTC)
    return low, low + (timedelta(seconds=1) if match["second"] else timedelta(minutes=1))
