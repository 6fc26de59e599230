"""Waits between tries."""

from datetime import timedelta

import pytest

from appointments.webhooks_out.pace import MOST_TRIES, WAITS, next_try, quiet_until
from tests.factories import NOW

SECOND = timedelta(seconds=1)


def test_waits_when_added() -> None:
    """About three days, whatever is put on top."""
    assert (
        timedelta(days=2, hours=23)
        < sum(WAITS, timedelta())
        < sum(WAITS, timedelta()) * 1.1
        < timedelta(days=3, hours=8)
    )


@pytest.mark.parametrize("tries", range(1, MOST_TRIES))
def test_wait_when_spread(tries: int) -> None:
    waits = {next_try(tries=tries, delivery=number, now=NOW) for number in range(40)}

    least, most = WAITS[tries - 1], WAITS[tries - 1] * 1.1
    assert all(at is not None and least <= at - NOW <= most for at in waits)
    assert len(waits) > 20


def test_wait_when_it_was_the_last() -> None:
    assert next_try(tries=MOST_TRIES, delivery=1, now=NOW) is None


@pytest.mark.parametrize(("asked", "wait"), [("60", 60), ("7200", 3600), ("99999999999", 0), ("-1", 0), ("soon", 0)])
def test_wait_when_asked_for(asked: str, wait: int) -> None:
    at = next_try(tries=1, delivery=1, now=NOW, asked=asked)
    plain = next_try(tries=1, delivery=1, now=NOW)

    assert at == (NOW + wait * SECOND if wait else plain)


@pytest.mark.parametrize(("failures", "seconds"), [(1, None), (2, None), (3, 30), (4, 60), (8, 900), (500, 900)])
def test_quiet_when_failures(failures: int, seconds: int | None) -> None:
    assert quiet_until(failures=failures, now=NOW) == (None if seconds is None else NOW + seconds * SECOND)
