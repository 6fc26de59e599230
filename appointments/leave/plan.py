"""Who is offered which other times: dealt in turn, so that nobody gets a second one before everybody got a first. Pure."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

MOST_EACH = 3


@dataclass(frozen=True, slots=True)
class Lost:
    """A time that somebody loses; `key` names whose it is."""

    key: int
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Free:
    """A time that can be had instead; `key` names it."""

    key: int
    starts_at: datetime


def deal_times(
    lost: Iterable[Lost], *, same_doctor: Iterable[Free], others: Iterable[Free], most: int = MOST_EACH
) -> dict[int, list[int]]:
    """Return the keys of up to `most` times for each lost one, no time twice. Whoever lost the earliest chooses first.

    The first choice is the same doctor's earliest time, the others the times of other doctors nearest to the one lost;
    where one kind has run out, the other takes its place.
    """
    people = sorted(lost, key=lambda one: (one.starts_at, one.key))
    own = sorted(same_doctor, key=lambda time: (time.starts_at, time.key), reverse=True)
    rest = sorted(others, key=lambda time: (time.starts_at, time.key))
    dealt: dict[int, list[int]] = {one.key: [] for one in people}
    for turn in range(most):
        for one in people:
            time = (_earliest(own) or _nearest(rest, one)) if turn == 0 else (_nearest(rest, one) or _earliest(own))
            if time is None:
                return dealt
            dealt[one.key].append(time.key)
    return dealt


def _earliest(own: list[Free]) -> Free | None:
    """Take the earliest; the list runs backwards."""
    return own.pop() if own else None


def _nearest(rest: list[Free], lost: Lost) -> Free | None:
    """Take the time nearest to the one lost, the later one of two as near."""
    if not rest:
        return None
    after = bisect_left(rest, lost.starts_at, key=lambda time: time.starts_at)
    if after == len(rest):
        return rest.pop()
    if after and lost.starts_at - rest[after - 1].starts_at < rest[after].starts_at - lost.starts_at:
        return rest.pop(after - 1)
    return rest.pop(after)
