"""Weekly hours → the times they offer, on the centre's clock. Pure: no database, no clock of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)


class Why(StrEnum):
    """Why a time within the hours is not offered."""

    CLOSED = "closed"
    AWAY = "away"
    NO_SUCH_TIME = "no_such_time"
    OVERLAP = "overlap"


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of a weekday (Monday is 0) on the wall clock; it ends on the next day where `ends` is not after `begins`.

    `price` is in minor units; `last_day` None: until further notice. Both days are inclusive and mean the day it begins.
    """

    weekday: int
    begins: time
    ends: time
    length: timedelta
    pause: timedelta
    price: int
    first_day: date
    last_day: date | None = None

    @property
    def span(self) -> timedelta:
        """How long it lasts on a clock that is not changed meanwhile."""
        over_night = _ONE_DAY if self.ends <= self.begins else timedelta()
        return _from_midnight(self.ends) - _from_midnight(self.begins) + over_night

    def holds_on(self, day: date) -> bool:
        """Tell whether a span begins that day."""
        in_time = self.first_day <= day and (self.last_day is None or day <= self.last_day)
        return in_time and day.weekday() == self.weekday


@dataclass(frozen=True, slots=True, order=True)
class Offered:
    """A time to offer: moments in UTC, the price in minor units."""

    starts_at: datetime
    ends_at: datetime
    price: int

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when until when."""
        return self.starts_at, self.ends_at


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A time within the hours that is not offered; `wall` is what the clock would show, `name` the closed day's."""

    wall: datetime
    why: Why
    name: str = ""


#: The moment of a start, what the wall clock shows, and the time; None where the clock skips it.
_Candidate = tuple[datetime, datetime, Offered | None]


@dataclass(slots=True)
class Times:
    """What hours offer, in order; what is left out of them; the days whose clock shows an offered time twice."""

    offered: list[Offered] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    doubled: set[date] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What keeps a doctor from working: the centre's closed days with their names, and spans of leave."""

    zone: ZoneInfo
    closed: Mapping[date, str] = field(default_factory=dict)
    away: Sequence[tuple[datetime, datetime]] = ()

    def closed_day(self, start: datetime, end: datetime) -> date | None:
        """Return the closed day that this touches, or None."""
        first, last = (moment.astimezone(self.zone) for moment in (start, end - timedelta(microseconds=1)))
        return next((day for day in (first.date(), last.date()) if day in self.closed), None)

    def is_away(self, start: datetime, end: datetime) -> bool:
        """Tell whether leave touches this."""
        return any(start < until and since < end for since, until in self.away)


def times_of(hours: Iterable[Hours], calendar: Calendar, *, since: datetime, until: datetime) -> Times:
    """Return the times that start after `since` and before `until`, none overlapping another.

    A wall time that the clock skips is left out, one that it shows twice is offered once, the first time. A slot lasts
    its full length whatever the clock does, and ends with its span at the latest.
    """
    found = Times()
    free_from = datetime.min.replace(tzinfo=UTC)
    for moment, wall, one in sorted(_candidates(list(hours), calendar.zone, since, until), key=lambda one: one[:2]):
        if not since < moment < until:
            continue
        refused = _refusal(one, wall, calendar, free_from)
        if one is None or refused is not None:
            found.left_out += [refused] if refused else []
            continue
        free_from = one.ends_at
        found.offered.append(one)
        if _is_doubled(wall, calendar.zone):
            found.doubled.add(wall.date())
    found.left_out.sort(key=lambda one: one.wall)
    return found


def _refusal(one: Offered | None, wall: datetime, calendar: Calendar, free_from: datetime) -> LeftOut | None:
    """Return why a time is not offered, or None."""
    if one is None:
        return LeftOut(wall, Why.NO_SUCH_TIME)
    closed = calendar.closed_day(one.starts_at, one.ends_at)
    if closed is not None:
        return LeftOut(wall, Why.CLOSED, calendar.closed[closed])
    if calendar.is_away(one.starts_at, one.ends_at):
        return LeftOut(wall, Why.AWAY)
    return LeftOut(wall, Why.OVERLAP) if one.starts_at < free_from else None


def _candidates(hours: list[Hours], zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[_Candidate]:
    """Yield every start of every span that can matter between two moments, in no order."""
    first, last = (moment.astimezone(zone).date() for moment in (since, until))
    for number in range((last - first).days + 2):
        day = first + (number - 1) * _ONE_DAY
        for row in hours:
            if row.holds_on(day):
                yield from _cut(row, day, zone)


def clash(one: Hours, other: Hours) -> bool:
    """Tell whether two spans of a doctor are ever at the same time, by the wall clock of an ordinary week."""
    return any(
        (one.weekday + days) % 7 == other.weekday
        and _from_midnight(one.begins) < _from_midnight(other.begins) + days * _ONE_DAY + other.span
        and _from_midnight(other.begins) + days * _ONE_DAY < _from_midnight(one.begins) + one.span
        and _share_a_week(one, other, days * _ONE_DAY)
        for days in (-1, 0, 1)
    )


def _share_a_week(one: Hours, other: Hours, shift: timedelta) -> bool:
    """Tell whether there is a day on which `one` begins while `other` begins `shift` from it, both being valid."""
    first = max(one.first_day, other.first_day - shift)
    first += (one.weekday - first.weekday()) % 7 * _ONE_DAY
    ends = [one.last_day, other.last_day and other.last_day - shift]
    return all(first <= end for end in ends if end is not None)


def _cut(row: Hours, day: date, zone: ZoneInfo) -> Iterator[_Candidate]:
    """Yield each start of a span: its moment, the wall clock, and the time, or None where the clock skips it."""
    begins = datetime.combine(day, row.begins)
    end = _moment(begins + row.span, zone)
    for number in range(row.span // (row.length + row.pause) + 1):
        wall = begins + number * (row.length + row.pause)
        start = _moment(wall, zone)
        if start.astimezone(zone).replace(tzinfo=None) != wall:
            yield start, wall, None
        elif start + row.length <= end:
            yield start, wall, Offered(start, start + row.length, row.price)


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment at which the clock shows this; of a time it skips, the moment it would have been."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _is_doubled(wall: datetime, zone: ZoneInfo) -> bool:
    local = wall.replace(tzinfo=zone)
    return local.astimezone(UTC) < local.replace(fold=1).astimezone(UTC)


def _from_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
