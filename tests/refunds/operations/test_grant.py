"""Granting: once, never above what is left, in the caller's transaction."""

import pytest
from django.db import transaction

from refunds import operations
from refunds.errors import NotInTransaction, OverRefund, RefundMismatch, WayNotPossible
from refunds.models import Account, AttemptState, LedgerEntry, Method, Payment, Refund, RefundStatus, Way
from refunds.operations import Allocation
from tests.refunds import builders

pytestmark = pytest.mark.usefixtures("promises")


def test_refund_when_requested() -> None:
    payment = builders.payment()
    refund = builders.refund(payment)

    attempt = refund.attempts.get()
    assert refund.status == RefundStatus.PENDING
    assert refund.next_at == builders.NOW
    assert (attempt.number, attempt.channel, attempt.state) == (1, "sandbox", AttemptState.READY)
    assert attempt.key == f"rf_{refund.pk.hex}_1"
    assert attempt.body == {
        "key": attempt.key,
        "tag": attempt.key,
        "payment": payment.provider_id,
        "amount": 75_000,
        "currency": "INR",
    }
    assert Payment.objects.get().remaining == 25_000
    assert builders.balance(Account.REFUNDS_PAYABLE) == 75_000


def test_refund_when_requested_twice() -> None:
    payment = builders.payment()

    assert builders.refund(payment) == builders.refund(payment)
    assert Refund.objects.get().amount == 75_000
    assert Payment.objects.get().reserved == 75_000


def test_refund_when_repeated_with_another_amount() -> None:
    payment = builders.payment()
    builders.refund(payment)

    with pytest.raises(RefundMismatch):
        builders.refund(payment, amount=74_999)
    assert Payment.objects.get().reserved == 75_000


def test_refund_when_more_than_is_left() -> None:
    payment = builders.payment()
    builders.refund(payment)

    with pytest.raises(OverRefund) as refused:
        builders.refund(payment, cause="cancel:2", amount=25_001)
    assert refused.value.available == 25_000
    assert Refund.objects.count() == 1


def test_refunds_when_six_partials_and_two_fit() -> None:
    payment = builders.payment(amount=100_000)
    granted = 0
    for number in range(6):
        try:
            builders.refund(payment, cause=f"cancel:{number}", amount=40_000)
        except OverRefund:
            continue
        granted += 1

    assert granted == 2
    assert Payment.objects.get().reserved == 80_000


@pytest.mark.parametrize("amount", [0, -1])
def test_refund_when_amount_is_not_positive(amount: int) -> None:
    payment = builders.payment()

    with pytest.raises(ValueError, match="positive"):
        builders.refund(payment, amount=amount)
    assert Refund.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_refund_when_outside_a_transaction() -> None:
    payment = builders.payment()

    with pytest.raises(NotInTransaction):
        operations.request_refund(
            payment_id=payment.pk, cause="c", amount=1, way=Way.CASH, requested_by="p", now=builders.NOW
        )
    with pytest.raises(NotInTransaction):
        operations.request_refunds(allocations=[], cause="c", requested_by="p", now=builders.NOW)
    assert Refund.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_refund_when_its_cause_is_rolled_back() -> None:
    payment = builders.payment()
    with transaction.atomic():
        builders.refund(payment)
        transaction.set_rollback(True)

    assert Refund.objects.count() == 0
    assert Payment.objects.get().reserved == 0
    assert LedgerEntry.objects.filter(kind="grant").count() == 0


@pytest.mark.parametrize("way", [Way.CASH, Way.BANK_TRANSFER, Way.INSURANCE_WINDOW])
def test_refund_when_paid_by_hand(way: Way) -> None:
    refund = builders.refund(builders.by_hand(), way=way)

    assert (refund.status, refund.next_at) == (RefundStatus.PENDING, None)
    assert (refund.attempts.get().channel, refund.attempts.get().state) == (way, AttemptState.READY)


def test_refund_when_as_credit() -> None:
    refund = builders.refund(builders.payment(), way=Way.CREDIT, holder="patient:1")

    assert (refund.status, refund.settled_at, refund.next_at) == (RefundStatus.COMPLETED, builders.NOW, None)
    assert refund.attempts.get().state == AttemptState.SUCCEEDED
    assert LedgerEntry.objects.get(credit=Account.PATIENT_CREDIT).holder == "patient:1"
    assert builders.balance(Account.PATIENT_CREDIT) == 75_000


def test_refund_when_credit_belongs_to_nobody() -> None:
    payment = builders.payment()

    with pytest.raises(WayNotPossible):
        builders.refund(payment, way=Way.CREDIT)
    assert Refund.objects.count() == 0


def test_refund_when_no_provider_holds_the_money() -> None:
    payment = builders.by_hand()

    with pytest.raises(WayNotPossible):
        builders.refund(payment, way=Way.ORIGINAL)
    assert Refund.objects.count() == 0


def test_refunds_when_allocated() -> None:
    first, second = builders.payment(), builders.by_hand(method=Method.CASH)
    with transaction.atomic():
        refunds = operations.request_refunds(
            allocations=[
                Allocation(payment_id=second.pk, amount=100_000, way=Way.CASH),
                Allocation(payment_id=first.pk, amount=50_000, way=Way.ORIGINAL),
            ],
            cause="cancel:1",
            requested_by="patient:1",
            now=builders.NOW,
        )

    assert [(refund.payment, refund.amount, refund.way) for refund in refunds] == [
        (second, 100_000, Way.CASH),
        (first, 50_000, Way.ORIGINAL),
    ]


def test_refunds_when_one_part_is_too_much() -> None:
    first, second = builders.payment(), builders.by_hand()
    with pytest.raises(OverRefund), transaction.atomic():
        operations.request_refunds(
            allocations=[
                Allocation(payment_id=second.pk, amount=1, way=Way.CASH),
                Allocation(payment_id=first.pk, amount=100_001, way=Way.ORIGINAL),
            ],
            cause="cancel:1",
            requested_by="patient:1",
            now=builders.NOW,
        )

    assert Refund.objects.count() == 0
