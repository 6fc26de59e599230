"""Waits grow with what has passed, within bounds."""

from datetime import timedelta

import pytest

from refunds import pacing
from refunds.models import RefundAttempt
from tests.refunds.builders import NOW

S, M, H, D = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def near(wait: timedelta, expected: timedelta) -> bool:
    return expected * 0.9 <= wait <= expected * 1.1


@pytest.mark.parametrize(("passed", "wait"), [(0 * S, 10 * S), (40 * S, 40 * S), (2 * H, 2 * H), (20 * H, 6 * H)])
def test_send_again_when_unknown_for(passed: timedelta, wait: timedelta) -> None:
    attempt = RefundAttempt(first_sent_at=NOW - passed)

    assert near(pacing.send_again_at(attempt=attempt, now=NOW) - NOW, wait)


def test_send_again_when_nothing_may_have_run() -> None:
    assert near(pacing.send_again_at(attempt=RefundAttempt(), now=NOW) - NOW, 10 * S)


@pytest.mark.parametrize(("passed", "wait"), [(0 * S, M), (10 * M, 10 * M), (3 * D, 6 * H)])
def test_poll_when_accepted_for(passed: timedelta, wait: timedelta) -> None:
    attempt = RefundAttempt(first_sent_at=NOW - passed)

    assert near(pacing.poll_at(attempt=attempt, every=M, now=NOW) - NOW, wait)


@pytest.mark.parametrize(("passed", "wait"), [(0 * S, 6 * M), (2 * H, 2 * H), (35 * D, D)])
def test_recheck_when_settled_for(passed: timedelta, wait: timedelta) -> None:
    next_at = pacing.recheck_at(settled_at=NOW - passed, every=M, now=NOW)

    assert next_at is not None
    assert near(next_at - NOW, wait)


def test_recheck_when_35_days_are_over() -> None:
    assert pacing.recheck_at(settled_at=NOW - 35 * D - S, every=M, now=NOW) is None


def test_checkout_when_asked_about() -> None:
    asked = pacing.ask_checkout_at(created_at=NOW, expires_at=NOW + 10 * M, now=NOW)

    assert asked is not None
    assert near(asked - NOW, 30 * S)
    assert pacing.ask_checkout_at(created_at=NOW, expires_at=NOW, now=NOW + 2 * D) is not None
    assert pacing.ask_checkout_at(created_at=NOW, expires_at=NOW, now=NOW + 2 * D + S) is None
