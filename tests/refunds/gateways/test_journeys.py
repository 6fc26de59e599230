"""The engine with real providers: each answer at its place in a refund's life, and exactly one refund in the end."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from refunds import operations
from refunds.errors import MayStillPay
from refunds.models import Incident, Refund, RefundAttempt, Way
from tests.fake_provider.fixtures import FakeProcess
from tests.refunds import builders
from tests.refunds.bench import Bench

pytestmark = pytest.mark.usefixtures("promises")
AMOUNT = 75_000


@pytest.fixture
def refund(bench: Bench) -> Refund:
    """Granted, of a payment many times its size."""
    return builders.refund(bench.recorded(), amount=AMOUNT)


def states(refund: Refund) -> tuple[str, str]:
    return Refund.objects.get(pk=refund.pk).status, builders.attempt(refund).state


def made_once(refund: Refund, bench: Bench) -> bool:
    return bench.fake.executed() == {refund.payment.provider_id: (1, AMOUNT)}


def test_refund_when_all_is_well(bench: Bench, refund: Refund) -> None:
    builders.work(refund)

    assert states(refund) == ("completed", "succeeded")
    assert builders.attempt(refund).reference == bench.made()[0]["reference"]
    assert made_once(refund, bench)


def test_refund_when_it_settles_later(bench: Bench, refund: Refund) -> None:
    bench.fake.set(settle_after=3600)
    builders.work(refund)
    before = states(refund)
    bench.fake.settle()
    builders.work(refund)

    assert before == ("processing", "accepted")
    assert states(refund) == ("completed", "succeeded")


@pytest.mark.parametrize("answer", ["timeout", "reset", "500", "503", "html", "bad_json", "empty"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_refund_when_the_first_answer_is_none(bench: Bench, refund: Refund, answer: str, when: str) -> None:
    bench.fake.fault(answer, when=when, seconds=5)
    builders.work(refund)
    before = states(refund)
    builders.work(refund)

    assert before == ("processing", "unknown")
    assert states(refund) == ("completed", "succeeded")
    assert made_once(refund, bench)


def test_refund_when_five_answers_are_none(bench: Bench, refund: Refund) -> None:
    bench.fake.fault(500, times=5)
    for _ in range(6):
        builders.work(refund)

    assert states(refund) == ("completed", "succeeded")
    assert (bench.called("create_refund"), builders.attempt(refund).sends) == (6, 6)
    assert made_once(refund, bench)


def test_refund_when_a_500_refunded_and_is_replayed(bench: Bench, refund: Refund) -> None:
    bench.fake.fault(500, when="after", stored=True)
    builders.work(refund)
    builders.work(refund)

    assert states(refund) == ("completed", "succeeded")
    assert bench.called("create_refund") == 1
    assert made_once(refund, bench)


def test_refund_when_a_500_that_did_nothing_is_replayed_for_a_day(bench: Bench, refund: Refund) -> None:
    bench.fake.fault(500, stored=True)
    for _ in range(3):
        builders.work(refund)
    RefundAttempt.objects.update(first_sent_at=Now() - timedelta(hours=23))
    bench.fake.clock(ahead=25 * 3600)
    builders.work(refund)

    assert states(refund) == ("failed", "unknown")
    assert Refund.objects.get().reason_code == "outcome_unknown"
    assert bench.fake.executed() == {}
    with pytest.raises(MayStillPay):
        operations.pay_another_way(refund_id=refund.pk, way=Way.CASH, actor="staff:1", now=builders.NOW)


def test_refund_when_proof_comes_after_three_days(bench: Bench, refund: Refund) -> None:
    bench.fake.fault("timeout", when="after", seconds=5)
    builders.work(refund)
    RefundAttempt.objects.update(first_sent_at=Now() - timedelta(days=3))
    bench.fake.fault(500, operation="list_refunds")
    builders.work(refund)
    before = states(refund)
    builders.work(refund)

    assert before == ("processing", "unknown")
    assert states(refund) == ("completed", "succeeded")
    assert made_once(refund, bench)


@pytest.mark.parametrize("status", [409, 429])
def test_refund_when_this_send_did_not_run(bench: Bench, refund: Refund, status: int) -> None:
    bench.fake.fault(status)
    builders.work(refund)
    before = states(refund)
    builders.work(refund)

    assert before == ("processing", "sent")
    assert states(refund) == ("completed", "succeeded")
    assert Incident.objects.count() == 0
    assert made_once(refund, bench)


@pytest.mark.parametrize("status", [401, 403])
def test_refund_when_our_key_is_refused(bench: Bench, refund: Refund, status: int) -> None:
    bench.fake.fault(status)
    builders.work(refund)
    first_sent_at = builders.attempt(refund).first_sent_at
    builders.work(refund)

    assert first_sent_at is None
    assert [incident.kind for incident in Incident.objects.all()] == ["gateway_refused_us"]
    assert states(refund) == ("completed", "succeeded")
    assert made_once(refund, bench)


def test_refund_when_the_key_is_known_with_another_body(bench: Bench, refund: Refund) -> None:
    request = bench.request(refund.payment.provider_id, amount=1_000, key=builders.attempt(refund).key)
    bench.fake.set(settle_after=3600)
    bench.gateway.create_refund(request)
    builders.work(refund)

    assert states(refund) == ("processing", "unknown")
    assert [incident.kind for incident in Incident.objects.all()] == ["key_reused"]


def test_refund_when_other_money_carries_our_tag(bench: Bench, refund: Refund) -> None:
    bench.fake.fault("timeout", seconds=5)
    builders.work(refund)
    tags = {"fairslot_refund": builders.attempt(refund).key}
    bench.fake.dashboard_refund(refund.payment.provider_id, amount=1_000, tags=tags)
    builders.work(refund)

    assert states(refund) == ("failed", "unknown")
    assert [incident.kind for incident in Incident.objects.all()] == ["mismatch"]
    assert bench.called("create_refund") == 1


def test_refund_when_rejected(bench: Bench, refund: Refund) -> None:
    bench.fake.set(low_balance=True)
    builders.work(refund)
    failed = Refund.objects.get()
    bench.fake.set(low_balance=False)
    operations.retry(refund_id=refund.pk, actor="staff:1", now=builders.NOW)
    builders.work(refund)

    assert (failed.status, failed.reason_code) == ("failed", "low_balance")
    assert states(refund) == ("completed", "succeeded")
    assert made_once(refund, bench)


def test_refund_when_too_much_went_back_in_the_dashboard(bench: Bench, refund: Refund) -> None:
    bench.fake.dashboard_refund(refund.payment.provider_id, amount=990_000)
    builders.work(refund)

    assert Refund.objects.get().reason_code == "above_the_charge"
    assert bench.fake.executed() == {refund.payment.provider_id: (1, 990_000)}


def test_refund_when_the_payment_is_older_than_six_months(bench: Bench) -> None:
    old = bench.payment(age=200 * 86_400)
    refund = builders.refund(builders.payment_at(bench.provider, amount=1_000_000, provider_id=old), amount=AMOUNT)
    builders.work(refund)

    outcome = Refund.objects.get()
    expected = {"stripe": ("completed", ""), "razorpay": ("failed", "too_old")}
    assert (outcome.status, outcome.reason_code) == expected[bench.provider]


def test_refund_when_the_card_is_closed(bench: Bench) -> None:
    closed = bench.payment(closed_card=True)
    refund = builders.refund(builders.payment_at(bench.provider, amount=1_000_000, provider_id=closed), amount=AMOUNT)
    bench.fake.set(settle_after=3600)
    builders.work(refund)
    bench.fake.settle("closed_card")
    builders.work(refund)
    failed = Refund.objects.get()
    operations.pay_another_way(refund_id=refund.pk, way=Way.CASH, actor="staff:1", now=builders.NOW)
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="R-7", now=builders.NOW)

    assert (failed.status, failed.reason_code != "") == ("failed", True)
    assert Refund.objects.get().status == "completed"
    assert bench.fake.executed() == {closed: (0, 0)}


def test_refund_when_the_bank_returns_it(bench: Bench, refund: Refund) -> None:
    builders.work(refund)
    bench.fake.settle("returned", bench.made()[0]["id"])
    builders.work(refund)

    assert states(refund) == ("failed", "returned")


def test_refund_when_the_fake_is_killed_between(bench: Bench, refund: Refund, fake_process: FakeProcess) -> None:
    bench.fake.fault("reset", when="after")
    builders.work(refund)
    fake_process.restart()
    builders.work(refund)

    assert states(refund) == ("completed", "succeeded")
    assert made_once(refund, bench)
