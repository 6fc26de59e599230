"""Instants: aware datetimes kept in UTC, so that a change of clocks moves no boundary."""

from datetime import UTC, datetime, timedelta

#: Datetimes are exact to the microsecond; "just after" an instant is this much later.
TICK = timedelta(microseconds=1)


def instant(moment: datetime) -> datetime:
    """Return the moment in UTC. Raises ValueError if it has no offset.

    Python subtracts two datetimes of one zone by the wall clock, which is an hour wrong across a change of clocks.
    """
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError("a time needs an offset from UTC")
    return moment.astimezone(UTC)
