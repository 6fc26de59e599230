"""When a worker looks again. Waits grow with what has passed, so no counter has to be kept."""

from datetime import datetime, timedelta
from random import SystemRandom

from refunds.models import RefundAttempt

SHORTEST = timedelta(seconds=10)
LONGEST = timedelta(hours=6)
WATCH_SETTLED_FOR = timedelta(days=35)
"""`succeeded` can come back: banks return money for about a month."""
WATCH_SETTLED_EVERY = timedelta(days=1)

ASK_CHECKOUT_EVERY = timedelta(seconds=30)
LATE_CAPTURES_FOR = timedelta(days=2)
"""How long after its end a checkout is still asked for money."""

_random = SystemRandom()


def send_again_at(*, attempt: RefundAttempt, now: datetime) -> datetime:
    """After an unknown outcome: doubling waits from 10 s to 6 h."""
    return now + _grown(since=attempt.first_sent_at or now, now=now, least=SHORTEST, most=LONGEST)


def poll_at(*, attempt: RefundAttempt, every: timedelta, now: datetime) -> datetime:
    """While the provider works on it: from `every` to 6 h."""
    return now + _grown(since=attempt.first_sent_at or now, now=now, least=every, most=LONGEST)


def recheck_at(*, settled_at: datetime, every: timedelta, now: datetime) -> datetime | None:
    """After success: up to a day apart, for 35 days. None when that is over."""
    if now - settled_at > WATCH_SETTLED_FOR:
        return None
    return now + _grown(since=settled_at, now=now, least=every * 6, most=WATCH_SETTLED_EVERY)


def ask_checkout_at(*, created_at: datetime, expires_at: datetime, now: datetime) -> datetime | None:
    """Whether money came: from 30 s to 6 h apart, for two days after the end, whatever we believe by then."""
    if now > expires_at + LATE_CAPTURES_FOR:
        return None
    return now + _grown(since=created_at, now=now, least=ASK_CHECKOUT_EVERY, most=LONGEST)


def _grown(*, since: datetime, now: datetime, least: timedelta, most: timedelta) -> timedelta:
    """As long as it has lasted, within bounds, give or take a tenth so that a crowd spreads out."""
    return min(max(now - since, least), most) * _random.uniform(0.9, 1.1)
