"""What happened at the provider without us: refunds made outside, disputes, an old backup here, a provider that fails."""

from datetime import timedelta

import pytest
from django.utils import timezone

from refunds import operations
from refunds.gateways.base import RefundRequest
from refunds.models import Breaker, Dispute, LedgerEntry, OutsideRefund, Payment, Refund, Way
from tests.faults.stage import AMOUNT, DONE, LEASE, NOTHING, PAID_ONCE, Stage, attempt, incidents, reason, state
from tests.refunds.bench import PAID

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
REFUSED = ("failed", "rejected")


def nightly(stage: Stage, *, times: int = 1) -> None:
    for _ in range(times):
        stage.workers.run("nightly")


def test_payment_when_a_part_was_refunded_outside(stage: Stage) -> None:
    payment = stage.payment()
    refund = stage.refund(payment)
    stage.bench.fake.dashboard_refund(payment.provider_id, amount=30_000)
    stage.work()
    nightly(stage, times=3)
    outside = OutsideRefund.objects.get()
    known = Payment.objects.get()

    assert (outside.amount, outside.booked, known.refunded_elsewhere, known.reserved) == (
        30_000,
        30_000,
        30_000,
        AMOUNT,
    )
    assert list(LedgerEntry.objects.filter(kind="outside").values_list("amount", "debit", "credit")) == [
        (30_000, "patient_funds", "external")
    ]
    assert (incidents(), state(refund), known.remaining) == (["outside_refund"], DONE, PAID - 30_000 - AMOUNT)


def test_payment_when_more_was_refunded_outside_than_is_left(stage: Stage) -> None:
    """What was granted here stays granted: the books take in what fits, and a person is told of the rest."""
    payment = stage.payment(amount=100_000)
    refund = stage.refund(payment)
    stage.bench.fake.dashboard_refund(payment.provider_id, amount=70_000)
    nightly(stage, times=2)
    outside = OutsideRefund.objects.get()

    assert (outside.amount, outside.booked, Payment.objects.get().remaining) == (70_000, 60_000, 0)
    assert incidents() == ["outside_above"]

    stage.work()

    assert (state(refund), reason(refund), stage.executed()) == (REFUSED, "above_the_charge", (1, 70_000))


def test_account_when_it_holds_much_that_is_not_ours(stage: Stage) -> None:
    stranger = stage.bench.payment()
    for _ in range(120):
        stage.bench.fake.dashboard_refund(stranger, amount=1)
    refund = stage.refund()
    stage.bench.fake.fault("reset", when="after")
    stage.work()
    nightly(stage)

    assert (state(refund), incidents(), OutsideRefund.objects.count()) == (DONE, [], 0)


def test_refund_when_the_provider_does_not_know_it_any_more(stage: Stage) -> None:
    refund = stage.refund()
    stage.work()
    stage.after(timedelta(days=1))
    stage.work()
    stage.bench.fake.reset()  # and its clock and keys
    nightly(stage, times=2)

    assert (state(refund), incidents()) == (DONE, ["missing_there"])


def test_dispute_when_nothing_was_sent(stage: Stage) -> None:
    """The machine stops; a person may still decide to pay."""
    payment = stage.payment()
    refund = stage.refund(payment)
    stage.bench.fake.dispute(payment.provider_id)
    stage.news()

    assert (state(refund), reason(refund), incidents()) == (REFUSED, "disputed", ["dispute"])

    later = stage.refund(payment, cause="cancel:2")
    stage.work(turns=2)

    assert (state(later), reason(later), stage.executed()) == (REFUSED, "disputed", NOTHING)

    operations.retry(refund_id=refund.pk, actor="staff:1", now=timezone.now())
    stage.work()

    assert (state(refund), stage.executed()) == (DONE, PAID_ONCE)


def test_dispute_when_it_was_sent_and_nobody_knows(stage: Stage) -> None:
    """Nothing is sent again; what was done is still found."""
    refund = stage.refund()
    stage.bench.fake.fault("reset")
    stage.work()
    stage.bench.fake.dispute(refund.payment.provider_id)
    nightly(stage)
    stage.work(turns=2)

    assert (state(refund), reason(refund)) == (("failed", "unknown"), "disputed")
    assert (stage.bench.called("create_refund"), stage.executed()) == (1, NOTHING)


def test_dispute_when_it_is_over(stage: Stage) -> None:
    payment = stage.payment()
    opened = stage.bench.fake.dispute(payment.provider_id)
    nightly(stage)
    stage.bench.fake.dispute(payment.provider_id, "won", opened["id"])
    for event in reversed(stage.bench.fake.events()):
        stage.post(event)
        stage.workers.run("webhooks")
    refund = stage.refund(payment)
    stage.work()

    assert (state(refund), stage.executed(), incidents()) == (DONE, PAID_ONCE, ["dispute", "dispute"])
    assert [dispute.state for dispute in Dispute.objects.all()] == ["won"]


@pytest.mark.parametrize("days", [0, 3])
def test_backup_when_it_is_older_than_what_was_paid(stage: Stage, days: int) -> None:
    """The refund waits here and was paid there; after some days the key protects nobody any more."""
    refund = stage.refund()
    stage.bench.gateway.create_refund(RefundRequest.from_body(attempt(refund).body))
    stage.after(timedelta(days=days))
    stage.workers.run("before_sending")
    stage.work(turns=2)

    assert (stage.executed(), state(refund), incidents()) == (PAID_ONCE, DONE, [])
    assert stage.bench.called("create_refund") == 1


def test_backup_when_a_later_try_was_paid(stage: Stage) -> None:
    """This database knows the first try only, and would send it."""
    refund = stage.refund()
    body = attempt(refund).body
    again = body | {"key": f"rf_{refund.pk.hex}_2", "tag": f"rf_{refund.pk.hex}_2"}
    stage.bench.gateway.create_refund(RefundRequest.from_body(again))
    stage.after(timedelta(days=3))
    stage.workers.run("before_sending")
    stage.work(turns=2)

    assert (stage.executed(), stage.bench.called("create_refund")) == (PAID_ONCE, 1)
    assert (state(refund), reason(refund), incidents()) == (REFUSED, "lost_attempt", ["lost_attempt"])


def test_backup_when_the_provider_gives_no_answer(stage: Stage) -> None:
    refund = stage.refund()
    stage.bench.fake.fault(503, operation="list_refunds", times=10)
    stage.workers.run("before_sending", ends=1)

    assert (state(refund), stage.executed()) == (("pending", "ready"), NOTHING)

    stage.work()


def three_refused(stage: Stage) -> list[Refund]:
    payment = stage.payment()
    refunds = [stage.refund(payment, cause=f"cancel:{number}") for number in range(6)]
    stage.bench.fake.fault(401, times=3)
    stage.work()
    return refunds


def test_provider_when_it_refuses_our_key_three_times(stage: Stage) -> None:
    """The rest keep their place; later one goes first, and then all."""
    refunds = three_refused(stage)

    assert stage.bench.called("create_refund") == 3
    assert [attempt(refund).sends for refund in refunds] == [1, 1, 1, 0, 0, 0]
    assert incidents() == ["gateway_refused_us", "gateway_refused_us", "gateway_paused", "gateway_refused_us"]

    stage.work()

    assert stage.bench.called("create_refund") == 3

    stage.after(timedelta(minutes=10))
    stage.work()

    assert {state(refund) for refund in refunds} == {DONE}
    assert stage.executed() == (6, 6 * AMOUNT)
    assert list(Breaker.objects.values_list("refusals", "pauses", "paused_until")) == [(0, 0, None)]


def test_provider_when_its_probe_fails(stage: Stage) -> None:
    """One call at a time, and longer pauses each time."""
    three_refused(stage)
    for pause in (1, 2, 4, 8):
        stage.bench.fake.fault(401, operation="*")
        stage.after(timedelta(minutes=pause, seconds=5))
        before = stage.bench.called("create_refund") + stage.bench.called("list_refunds")
        started = [stage.workers.start() for _ in range(3)]

        assert [stage.workers.wait(pid) for pid in started] == [0] * 3
        assert stage.bench.called("create_refund") + stage.bench.called("list_refunds") == before + 1

    assert incidents().count("gateway_paused") == 1


def test_provider_when_it_answers_nothing_five_times(stage: Stage) -> None:
    payment = stage.payment()
    refunds = [stage.refund(payment, cause=f"cancel:{number}") for number in range(8)]
    stage.bench.fake.fault("reset", when="after", times=5)
    stage.work()

    assert (stage.bench.called("create_refund"), incidents()) == (5, ["gateway_paused"])

    stage.work(turns=3)

    assert {state(refund) for refund in refunds} == {DONE}
    assert stage.executed() == (8, 8 * AMOUNT)


def test_provider_when_its_probe_is_killed(stage: Stage) -> None:
    refunds = three_refused(stage)
    stage.after(timedelta(minutes=2))
    stage.workers.run(at="before_call", ends=-9)
    stage.work()

    assert stage.bench.called("create_refund") == 3

    stage.after(LEASE)
    stage.work()
    stage.after(timedelta(minutes=10))
    stage.work()

    assert {state(refund) for refund in refunds} == {DONE}
    assert stage.executed() == (6, 6 * AMOUNT)


def test_pending_when_it_lasts_for_a_week(stage: Stage) -> None:
    """A person is told, once."""
    stage.bench.fake.set(settle_after=30 * 86_400)
    refund = stage.refund()
    stage.work()
    stage.after(timedelta(days=7))
    for _ in range(2):
        stage.workers.run("reread")
        stage.work()

    assert (state(refund), incidents(), Refund.objects.get().way) == (
        ("processing", "accepted"),
        ["still_pending"],
        Way.ORIGINAL,
    )
