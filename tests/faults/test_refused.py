"""A provider that says no, at once or later, and money that comes back."""

import os
import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from refunds import operations, queries
from refunds.gateways.base import RefundRequest
from refunds.models import LedgerEntry, Refund, RefundStatus, Way
from tests.faults.stage import AMOUNT, DONE, LEASE, NOTHING, PAID_ONCE, Stage, attempt, incidents, reason, state
from tests.faults.workers import STOPPED

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
REFUSED = ("failed", "rejected")
NOW_IN_CASH = ("completed", "succeeded")


def pay_in_cash(refund: Refund) -> None:
    now = timezone.now()
    operations.pay_another_way(refund_id=refund.pk, way=Way.CASH, actor="staff:1", now=now)
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="C-7", now=now)


def refused(stage: Stage) -> Refund:
    refund = stage.refund()
    stage.bench.fake.fault(400)
    stage.work()

    assert (state(refund), stage.executed()) == (REFUSED, NOTHING)
    return refund


def test_refund_when_its_card_is_closed(stage: Stage) -> None:
    """It fails later; the patient is paid in cash, and the provider is not asked again."""
    refund = stage.refund(stage.payment(closed_card=True))
    stage.bench.fake.set(settle_after=3600)
    stage.work()
    stage.bench.fake.settle("closed_card")
    stage.work(turns=2)

    assert (state(refund), stage.executed()) == (REFUSED, NOTHING)
    assert reason(refund) == {"stripe": "closed_card", "razorpay": "declined"}[stage.bench.provider]

    pay_in_cash(refund)
    stage.work(turns=3)

    assert (state(refund), attempt(refund).channel, attempt(refund).number) == (NOW_IN_CASH, "cash", 2)
    assert (stage.executed(), stage.bench.called("create_refund")) == (NOTHING, 1)


def test_refund_when_the_balance_is_low(stage: Stage) -> None:
    refund = stage.refund()
    stage.bench.fake.set(low_balance=True)
    stage.work()

    assert (state(refund), reason(refund), stage.executed()) == (REFUSED, "low_balance", NOTHING)

    stage.bench.fake.set(low_balance=False)
    stage.work(turns=2)

    assert state(refund) == REFUSED  # a person decides

    operations.retry(refund_id=refund.pk, actor="staff:1", now=timezone.now())
    stage.work()

    assert (stage.executed(), state(refund), attempt(refund).number) == (PAID_ONCE, DONE, 2)


def test_refund_when_the_payment_is_older_than_six_months(stage: Stage) -> None:
    """Razorpay takes it no more: then it goes by bank transfer. Stripe has no such limit."""
    refund = stage.refund(stage.payment(age=200 * 86_400))
    stage.work()

    if stage.bench.provider == "stripe":
        assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
        return
    assert (state(refund), reason(refund), stage.executed()) == (REFUSED, "too_old", NOTHING)

    operations.pay_another_way(refund_id=refund.pk, way=Way.BANK_TRANSFER, actor="staff:1", now=timezone.now())
    stage.work(turns=2)

    assert (state(refund), attempt(refund).channel, stage.executed()) == (
        ("processing", "ready"),
        "bank_transfer",
        NOTHING,
    )


def test_refund_when_it_comes_back_after_it_was_completed(stage: Stage) -> None:
    refund = stage.refund()
    stage.work()

    assert state(refund) == DONE

    stage.after(timedelta(days=20))
    stage.bench.fake.settle("returned", stage.bench.made()[0]["id"])
    stage.work()

    assert (state(refund), reason(refund)) == (("failed", "returned"), "returned_by_bank")
    assert list(LedgerEntry.objects.filter(refund=refund).values_list("kind", flat=True)) == [
        "grant",
        "paid",
        "returned",
    ]

    operations.pay_another_way(refund_id=refund.pk, way=Way.CASH, actor="staff:1", now=timezone.now())
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="C-7", now=timezone.now())

    assert (state(refund), stage.executed()) == (NOW_IN_CASH, NOTHING)


def test_completed_when_it_is_watched_for_35_days(stage: Stage) -> None:
    refund = stage.refund()
    stage.work()
    before = stage.bench.called("fetch_refund")
    stage.work(turns=40, apart=timedelta(days=1, hours=3))

    assert (state(refund), Refund.objects.get().next_at) == (DONE, None)
    assert 30 <= stage.bench.called("fetch_refund") - before <= 36


def test_success_when_cash_was_paid_meanwhile(stage: Stage) -> None:
    """The provider said no and did it all the same: nothing can be undone, so a person is told."""
    refund = refused(stage)
    first = attempt(refund)
    pay_in_cash(refund)
    stage.bench.fake.dashboard_refund(refund.payment.provider_id, amount=AMOUNT, tags={"fairslot_refund": first.key})
    stage.news()

    assert (state(refund), attempt(refund).channel, incidents()) == (NOW_IN_CASH, "cash", ["late_success"])
    assert LedgerEntry.objects.filter(refund=refund, kind="paid").count() == 1


def test_success_when_the_no_was_none(stage: Stage) -> None:
    """The same, but nobody has paid another way yet: the proof counts, and nobody can any more."""
    refund = refused(stage)
    stage.bench.fake.dashboard_refund(
        refund.payment.provider_id, amount=AMOUNT, tags={"fairslot_refund": attempt(refund).key}
    )
    stage.news()

    assert (stage.executed(), state(refund), incidents()) == (PAID_ONCE, DONE, [])


def test_no_when_our_own_earlier_send_is_the_reason(stage: Stage) -> None:
    """Two sends of a key that the provider forgets: the first pays all that is left, so the second is refused."""
    refund = stage.refund(stage.payment(amount=AMOUNT))
    stage.bench.fake.set(key_lifetime=0)
    first = stage.workers.start(at="before_call", by="SIGSTOP")

    assert stage.workers.wait(first) == STOPPED

    stage.after(LEASE)
    second = stage.workers.start(at="before_call", by="SIGSTOP")  # it looked, and found nothing

    assert stage.workers.wait(second) == STOPPED

    os.kill(first, signal.SIGKILL)  # what it sent arrives all the same
    stage.workers.wait(first)
    stage.bench.gateway.create_refund(RefundRequest.from_body(attempt(refund).body))
    os.kill(second, signal.SIGCONT)

    assert stage.workers.wait(second) == 0
    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
    assert stage.bench.called("create_refund") == 2


def test_amount_when_another_carries_our_tag(stage: Stage) -> None:
    refund = stage.refund()
    stage.bench.fake.fault("reset")
    stage.work()
    stage.bench.fake.dashboard_refund(
        refund.payment.provider_id, amount=AMOUNT - 1, tags={"fairslot_refund": attempt(refund).key}
    )
    stage.work(turns=4)

    assert (state(refund), reason(refund), incidents()) == (("failed", "unknown"), "mismatch", ["mismatch"])
    assert (stage.executed(), stage.bench.called("create_refund")) == ((1, AMOUNT - 1), 1)


def test_refund_when_most_was_refunded_outside(stage: Stage) -> None:
    """What is left there does not do: refused, nothing paid, a person decides."""
    payment = stage.payment()
    stage.bench.fake.dashboard_refund(payment.provider_id, amount=payment.amount - AMOUNT + 1)
    refund = stage.refund(payment)
    stage.work(turns=2)

    assert (state(refund), reason(refund)) == (REFUSED, "above_the_charge")
    assert stage.executed() == (1, payment.amount - AMOUNT + 1)


def test_pending_when_it_lasts_for_days(stage: Stage) -> None:
    """Never failed by the clock, asked all the time, and listed as overdue."""
    stage.bench.fake.set(settle_after=30 * 86_400)
    refund = stage.refund()
    stage.work(turns=30)

    assert (state(refund), stage.executed()) == (("processing", "accepted"), PAID_ONCE)
    assert list(queries.overdue(now=timezone.now(), after=timedelta(days=5))) == [refund]
    assert stage.bench.called("fetch_refund") >= 29

    stage.bench.fake.settle()
    stage.work(turns=2)

    assert (Refund.objects.get().status, stage.executed()) == (RefundStatus.COMPLETED, PAID_ONCE)
