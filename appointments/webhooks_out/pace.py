"""When a delivery is tried again: over three days, each wait spread a little so that not all come back at once."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

_SECONDS, _MINUTES, _HOURS = (timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1))
#: After the first, second … failure. Together about three days.
WAITS = (
    *(5 * _SECONDS, 1 * _MINUTES, 5 * _MINUTES, 30 * _MINUTES),
    *(2 * _HOURS, 5 * _HOURS, 10 * _HOURS, 14 * _HOURS, 18 * _HOURS, 22 * _HOURS),
)
MOST_TRIES = len(WAITS) + 1
#: A wait is lengthened by at most this part of itself.
SPREAD = 0.1
#: How long a claim lasts: longer than a try may take, looking up the name included.
LEASE = timedelta(minutes=2)
#: So many failures in a row, of whatever messages, and the address is left alone for a while.
PATIENCE = 3
_FIRST_QUIET, _LONGEST_QUIET = 30 * _SECONDS, 15 * _MINUTES
_LONGEST_ASKED = 1 * _HOURS
SWITCHED_OFF_AFTER = timedelta(days=3)


def next_try(*, tries: int, delivery: UUID | int, now: datetime, asked: str = "") -> datetime | None:
    """Return when to try again after so many tries, or None when it was the last.

    `asked` is the other side's Retry-After in seconds; it lengthens a wait to an hour at most.
    """
    if tries >= MOST_TRIES:
        return None
    wait: timedelta = WAITS[tries - 1]
    digest = hashlib.sha256(f"{delivery}:{tries}".encode()).digest()
    wait += wait * SPREAD * (digest[0] / 255)
    if asked.isdecimal() and len(asked) < 9:
        wait = max(wait, min(timedelta(seconds=int(asked)), _LONGEST_ASKED))
    return now + wait


def quiet_until(*, failures: int, now: datetime) -> datetime | None:
    """Return until when an address with so many failures in a row is left alone; None while there are few."""
    if failures < PATIENCE:
        return None
    return now + min(_FIRST_QUIET * (1 << min(failures - PATIENCE, 10)), _LONGEST_QUIET)
