"""Every edge that exists, and every one that does not."""

from itertools import product

import pytest
from django_fsm import TransitionNotAllowed

from refunds.models import AttemptState, Checkout, CheckoutState, Refund, RefundAttempt, RefundStatus

REFUND = {
    ("pending", "processing"),
    ("pending", "failed"),
    ("processing", "completed"),
    ("processing", "failed"),
    ("failed", "processing"),
    ("failed", "completed"),
    ("completed", "failed"),
}
ATTEMPT = {
    ("ready", "sent"),
    ("ready", "rejected"),
    ("sent", "unknown"),
    ("sent", "accepted"),
    ("sent", "succeeded"),
    ("sent", "rejected"),
    ("unknown", "sent"),
    ("unknown", "accepted"),
    ("unknown", "succeeded"),
    ("unknown", "rejected"),
    ("accepted", "succeeded"),
    ("accepted", "rejected"),
    ("rejected", "accepted"),
    ("rejected", "succeeded"),
    ("succeeded", "returned"),
}
CHECKOUT = {("open", "paid"), ("open", "expired"), ("open", "declined"), ("declined", "paid")}

REFUND_BY = {"processing": Refund.take_up, "completed": Refund.complete, "failed": Refund.fail}
ATTEMPT_BY = {
    "sent": RefundAttempt.mark_sent,
    "unknown": RefundAttempt.mark_unknown,
    "accepted": RefundAttempt.accept,
    "succeeded": RefundAttempt.succeed,
    "rejected": RefundAttempt.reject,
    "returned": RefundAttempt.come_back,
}
CHECKOUT_BY = {"paid": Checkout.mark_paid, "expired": Checkout.mark_expired, "declined": Checkout.mark_declined}


def cases(
    states: list[str], targets: dict[str, object], edges: set[tuple[str, str]], *, legal: bool
) -> list[tuple[str, str]]:
    return [edge for edge in product(states, targets) if (edge in edges) is legal]


@pytest.mark.parametrize(("before", "after"), cases(RefundStatus.values, {**REFUND_BY}, REFUND, legal=True))
def test_refund_edge_when_legal(before: str, after: str) -> None:
    refund = Refund(status=before)
    REFUND_BY[after](refund)

    assert refund.status == after


@pytest.mark.parametrize(("before", "after"), cases(RefundStatus.values, {**REFUND_BY}, REFUND, legal=False))
def test_refund_edge_when_illegal(before: str, after: str) -> None:
    refund = Refund(status=before)

    with pytest.raises(TransitionNotAllowed):
        REFUND_BY[after](refund)
    assert refund.status == before


@pytest.mark.parametrize(("before", "after"), cases(AttemptState.values, {**ATTEMPT_BY}, ATTEMPT, legal=True))
def test_attempt_edge_when_legal(before: str, after: str) -> None:
    attempt = RefundAttempt(state=before)
    ATTEMPT_BY[after](attempt)

    assert attempt.state == after


@pytest.mark.parametrize(("before", "after"), cases(AttemptState.values, {**ATTEMPT_BY}, ATTEMPT, legal=False))
def test_attempt_edge_when_illegal(before: str, after: str) -> None:
    attempt = RefundAttempt(state=before)

    with pytest.raises(TransitionNotAllowed):
        ATTEMPT_BY[after](attempt)
    assert attempt.state == before


@pytest.mark.parametrize(("before", "after"), cases(CheckoutState.values, {**CHECKOUT_BY}, CHECKOUT, legal=True))
def test_checkout_edge_when_legal(before: str, after: str) -> None:
    checkout = Checkout(state=before)
    CHECKOUT_BY[after](checkout)

    assert checkout.state == after


@pytest.mark.parametrize(("before", "after"), cases(CheckoutState.values, {**CHECKOUT_BY}, CHECKOUT, legal=False))
def test_checkout_edge_when_illegal(before: str, after: str) -> None:
    checkout = Checkout(state=before)

    with pytest.raises(TransitionNotAllowed):
        CHECKOUT_BY[after](checkout)
    assert checkout.state == before


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (Refund(status="failed"), "status"),
        (RefundAttempt(state="unknown"), "state"),
        (Checkout(state="expired"), "state"),
    ],
)
def test_status_when_assigned(row: Refund | RefundAttempt | Checkout, field: str) -> None:
    with pytest.raises(AttributeError):
        setattr(row, field, "completed")


def test_attempt_when_named() -> None:
    assert str(RefundAttempt(key="rf_1_1")) == "rf_1_1"
