"""Webhooks at the wrong time, in the wrong number, of the wrong sender."""

import os
import signal

import pytest

from refunds.gateways.registry import GATEWAYS
from refunds.models import GatewayEvent, InboxState, LedgerEntry, Refund, RefundEvent
from tests.faults.stage import DONE, LEASE, PAID_ONCE, Stage, incidents, state
from tests.faults.workers import STOPPED
from tests.refunds.bench import razorpay_gateway, stripe_gateway
from tests.refunds.webhooks.post import SECRETS

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def inbox() -> list[str]:
    return list(GatewayEvent.objects.order_by("pk").values_list("state", flat=True))


def assert_completed_once(stage: Stage, refund: Refund) -> None:
    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
    assert LedgerEntry.objects.filter(kind="paid").count() == 1
    assert RefundEvent.objects.filter(to_status="completed").count() == 1


def test_webhook_when_it_is_faster_than_the_answer(stage: Stage) -> None:
    refund = stage.refund()
    sender = stage.workers.start(at="after_call", by="SIGSTOP")

    assert stage.workers.wait(sender) == STOPPED

    stage.news()

    assert_completed_once(stage, refund)

    os.kill(sender, signal.SIGCONT)

    assert stage.workers.wait(sender) == 0
    assert_completed_once(stage, refund)


def test_webhook_when_it_is_all_we_hear(stage: Stage) -> None:
    refund = stage.refund()
    stage.bench.fake.fault("reset", when="after")
    stage.work()

    assert state(refund) == ("processing", "unknown")

    stage.news()

    assert_completed_once(stage, refund)
    assert stage.bench.called("list_refunds") == 0


def test_webhook_when_it_comes_many_times(stage: Stage) -> None:
    refund = stage.refund()
    stage.work()
    for _ in range(3):
        stage.news()

    assert_completed_once(stage, refund)
    assert inbox() == ["done", "done"]


def test_webhooks_when_two_workers_take_them_in(stage: Stage) -> None:
    refund = stage.refund()
    stage.bench.fake.fault("reset", when="after")
    stage.work()
    for event in stage.bench.fake.events():
        stage.post(event)
    started = [stage.workers.start("webhooks") for _ in range(3)]

    assert [stage.workers.wait(pid) for pid in started] == [0] * 3
    assert_completed_once(stage, refund)
    assert inbox() == ["done", "done"]


def test_webhook_when_it_is_forged(stage: Stage) -> None:
    stage.bench.fake.set(settle_after=3600)
    refund = stage.refund()
    stage.work()
    stage.bench.fake.settle()
    for event in stage.bench.fake.events():
        for secret in ("", "guessed", SECRETS["stripe" if event["provider"] == "razorpay" else "razorpay"]):
            assert stage.post(event, secret=secret).status == 400
        assert stage.post(event, body=event["body"].replace("40000", "40001")).status == 400
    stage.workers.run("webhooks")

    assert (state(refund), inbox()) == (("processing", "accepted"), [])

    stage.work(turns=2)

    assert_completed_once(stage, refund)


def test_webhook_when_what_it_says_is_not_so(stage: Stage) -> None:
    """Genuine and false: the provider is asked, not the message."""
    stage.bench.fake.set(settle_after=3600)
    refund = stage.refund()
    stage.work()
    told = stage.bench.fake.events()[0]
    lie = told["body"].replace('"pending"', '"succeeded"').replace("refund.created", "refund.processed")

    assert stage.post(told | {"body": lie}).status == 200

    stage.workers.run("webhooks")

    assert (state(refund), inbox()) == (("processing", "accepted"), ["done"])

    stage.bench.fake.settle()
    stage.work(turns=2)

    assert_completed_once(stage, refund)


def test_webhook_when_it_is_about_nothing_of_ours(stage: Stage) -> None:
    stranger = stage.bench.payment()
    stage.bench.fake.dashboard_refund(stranger, amount=5_000)
    stage.news()

    assert inbox() == ["ignored"]
    assert Refund.objects.count() == 0


def test_webhooks_when_they_come_out_of_order(stage: Stage) -> None:
    stage.bench.fake.set(settle_after=3600)
    refund = stage.refund()
    stage.work()
    stage.bench.fake.settle()
    for event in reversed(stage.bench.fake.events()):
        stage.post(event)
        stage.workers.run("webhooks")

    assert_completed_once(stage, refund)
    assert inbox() == ["done", "done"]


def test_webhook_when_it_never_comes(stage: Stage) -> None:
    stage.bench.fake.set(settle_after=3600)
    refund = stage.refund()
    stage.work()

    assert state(refund) == ("processing", "accepted")

    stage.bench.fake.settle()
    stage.work(turns=2)

    assert_completed_once(stage, refund)


POISON = {"stripe": '{"id": "evt_poison"}', "razorpay": '{"event": "refund.created", "payload": {"refund": {}}}'}


def test_webhook_when_one_before_it_is_poisoned(stage: Stage) -> None:
    """Genuine, and nobody can take it in: it waits alone, longer each time."""
    refund = stage.refund()
    stage.bench.fake.fault("reset", when="after")
    stage.work()
    good = stage.bench.fake.events()
    poison = good[0] | {"id": "evt_poison", "body": POISON[stage.bench.provider]}

    assert [stage.post(event).status for event in (poison, *good)] == [200] * 3

    stage.workers.run("webhooks")

    assert_completed_once(stage, refund)
    assert inbox() == ["new", "done", "done"]

    stage.after(LEASE)
    stage.workers.run("webhooks")
    waits = GatewayEvent.objects.get(state=InboxState.NEW)

    assert (waits.tries, "KeyError" in waits.error) == (2, True)


def test_webhook_when_the_secret_was_rotated(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """While both secrets are known either signs; afterwards only the new one."""
    provider, fake = stage.bench.provider, stage.bench.fake
    make = stripe_gateway if provider == "stripe" else razorpay_gateway
    refund = stage.refund()
    stage.bench.fake.fault("reset", when="after")
    stage.work()
    first, second = fake.events()

    monkeypatch.setitem(GATEWAYS, provider, make(fake, webhook_secrets=("new one", SECRETS[provider])))

    assert stage.post(first).status == 200

    monkeypatch.setitem(GATEWAYS, provider, make(fake, webhook_secrets=("new one",)))

    assert stage.post(second).status == 400
    assert stage.post(second, secret="new one").status == 200

    stage.workers.run("webhooks")

    assert_completed_once(stage, refund)
    assert incidents() == []
