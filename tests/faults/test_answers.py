"""Answers that say little: what was asked for may have been done or not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from refunds import operations
from refunds.errors import MayStillPay
from refunds.gateways.base import RefundRequest
from refunds.models import Refund, Way
from tests.faults.stage import AMOUNT, DONE, NOTHING, PAID_ONCE, Stage, attempt, incidents, reason, state

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
STILL_UNKNOWN = ("processing", "unknown")
GIVEN_UP = ("failed", "unknown")


@pytest.mark.parametrize("when", ["before", "after"])
def test_refund_when_the_call_times_out(stage: Stage, when: str) -> None:
    refund = stage.refund()
    stage.bench.fake.fault("timeout", when=when)
    stage.workers.run(timeout=0.5)

    assert state(refund) == STILL_UNKNOWN
    assert stage.executed() == (PAID_ONCE if when == "after" else NOTHING)

    stage.work(turns=2)

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
    assert attempt(refund).number == 1
    assert stage.bench.called("create_refund") == (1 if when == "after" else 2)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("answer", ["reset", "500", "503", "html", "bad_json", "empty"])
def test_refund_when_the_answer_says_nothing(stage: Stage, answer: str, when: str) -> None:
    refund = stage.refund()
    stage.bench.fake.fault(answer, when=when)
    stage.work()

    assert state(refund) == STILL_UNKNOWN

    stage.work()

    assert state(refund) == STILL_UNKNOWN  # its time has not come

    stage.after(timedelta(minutes=1))
    stage.work()

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
    assert (attempt(refund).number, incidents()) == (1, [])


def test_refund_when_five_answers_are_errors(stage: Stage) -> None:
    refund = stage.refund()
    stage.bench.fake.fault(502, times=5)
    for minutes in (0, 1, 5, 20, 60):
        stage.after(timedelta(minutes=minutes))
        stage.work()

    assert (stage.executed(), state(refund)) == (NOTHING, STILL_UNKNOWN)

    stage.after(timedelta(hours=3))
    stage.work()

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
    assert attempt(refund).sends == 6


def test_refund_when_an_error_is_replayed_though_it_refunded(stage: Stage) -> None:
    """The key answers 500 for a day; the search finds what was done."""
    refund = stage.refund()
    stage.bench.fake.fault(500, when="after", stored=True)
    stage.work(turns=2)

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
    assert stage.bench.called("create_refund") == 1


def test_refund_when_an_error_is_replayed_for_a_day(stage: Stage) -> None:
    """Nothing was done, and this key will never do it: a person makes sure, and the next try has a key of its own."""
    refund = stage.refund()
    stage.bench.fake.fault(500, stored=True)
    stage.work(turns=4)  # 0, 7, 14 and 21 hours

    assert (stage.executed(), state(refund)) == (NOTHING, STILL_UNKNOWN)

    stage.after(timedelta(hours=7))
    stage.work()

    assert (state(refund), reason(refund)) == (GIVEN_UP, "outcome_unknown")

    sent = stage.bench.called("create_refund")
    stage.work(turns=5)

    assert (stage.executed(), stage.bench.called("create_refund")) == (NOTHING, sent)

    operations.resolve_unknown(refund_id=refund.pk, reason="Not there", actor="staff:1", now=timezone.now())
    operations.retry(refund_id=refund.pk, actor="staff:1", now=timezone.now())
    stage.work()

    assert (stage.executed(), state(refund), attempt(refund).number) == (PAID_ONCE, DONE, 2)


def given_up(stage: Stage) -> Refund:
    """Sent without an answer, not found, and too old to be sent again."""
    refund = stage.refund()
    stage.bench.fake.fault("reset")
    stage.work()
    stage.after(timedelta(days=1))
    stage.work()

    assert (state(refund), reason(refund)) == (GIVEN_UP, "outcome_unknown")
    return refund


def test_refund_when_proof_comes_after_three_days(stage: Stage) -> None:
    refund = given_up(stage)
    stage.after(timedelta(days=2))
    stage.bench.fake.dashboard_refund(
        refund.payment.provider_id, amount=AMOUNT, tags={"fairslot_refund": attempt(refund).key}
    )
    stage.work()

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
    assert stage.bench.called("create_refund") == 1


def test_refund_when_the_search_gives_no_answer_for_days(stage: Stage) -> None:
    """No answer is no "no": neither sent again nor given up."""
    refund = stage.refund()
    stage.bench.fake.fault("reset", when="after")
    stage.bench.fake.fault(500, operation="list_refunds", times=4)
    stage.work(turns=5, apart=timedelta(days=1))

    assert state(refund) == STILL_UNKNOWN
    assert stage.bench.called("create_refund") == 1

    stage.work(turns=2)

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)


def test_another_way_when_the_first_is_unknown(stage: Stage) -> None:
    refund = given_up(stage)

    for way in (Way.CASH, Way.BANK_TRANSFER, Way.CREDIT, Way.ORIGINAL):
        with pytest.raises(MayStillPay):
            operations.pay_another_way(
                refund_id=refund.pk, way=way, actor="staff:1", now=timezone.now(), holder="patient:1"
            )
    with pytest.raises(MayStillPay):
        operations.retry(refund_id=refund.pk, actor="staff:1", now=timezone.now())

    assert (state(refund), refund.attempts.count()) == (GIVEN_UP, 1)


@pytest.mark.parametrize(("answer", "told"), [(409, []), (429, []), (401, ["gateway_refused_us"])])
def test_refund_when_the_send_did_not_run(stage: Stage, answer: int, told: list[str]) -> None:
    refund = stage.refund()
    stage.bench.fake.fault(answer)
    stage.work()

    assert (stage.executed(), attempt(refund).first_sent_at) == (NOTHING, None)

    stage.after(timedelta(minutes=10))
    stage.work()

    assert (stage.executed(), state(refund), incidents()) == (PAID_ONCE, DONE, told)
    assert stage.bench.called("create_refund") == 2


def test_key_when_it_is_known_with_another_body(stage: Stage) -> None:
    refund = stage.refund()
    key = attempt(refund).key
    stage.bench.gateway.create_refund(
        RefundRequest(key=key, tag="other", payment_provider_id=refund.payment.provider_id, amount=5, currency="INR")
    )
    stage.work(turns=2)

    assert (stage.executed(), state(refund)) == ((1, 5), STILL_UNKNOWN)
    assert incidents() == ["key_reused"]
