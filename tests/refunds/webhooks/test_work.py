"""What webhooks mean: first, only, twice, unknown, out of order, never, poisoned."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from refunds import tasks, webhooks_inbox
from refunds.models import Checkout, GatewayEvent, InboxState, Incident, Payment, Refund
from refunds.reconcile.nightly import attempt_of
from tests.audit.tampering import run, ways_past
from tests.fake_provider.store import Doc
from tests.refunds import builders
from tests.refunds.bench import PAID, Bench
from tests.refunds.webhooks.post import Post

pytestmark = pytest.mark.usefixtures("promises")
Poster = Callable[..., Post]


@pytest.fixture
def refund(bench: Bench) -> Refund:
    """Sent, and pending at the provider."""
    bench.fake.set(settle_after=3600)
    granted = builders.refund(bench.recorded())
    builders.work(granted)
    return granted


def settled(bench: Bench, outcome: str = "succeeded") -> Doc:
    """What the provider says once the refund has come to its end."""
    bench.fake.settle(outcome)
    return bench.fake.events()[-1]


def inbox() -> list[tuple[str, str]]:
    return list(GatewayEvent.objects.order_by("pk").values_list("state", "error"))


def states(refund: Refund) -> tuple[str, str]:
    return Refund.objects.get(pk=refund.pk).status, builders.attempt(refund).state


def paid_checkout(bench: Bench) -> Checkout:
    asked = builders.checkout(gateway=bench.provider, amount=PAID, now=timezone.now())
    bench.fake.pay(bench.checkout_page(asked))
    return asked


def test_refund_when_told(bench: Bench, refund: Refund, post: Poster) -> None:
    post(settled(bench))
    tasks.work_off_webhooks()

    assert states(refund) == ("completed", "succeeded")
    assert builders.attempt(refund).reference.startswith("ARN")
    assert inbox() == [("done", "")]
    assert Refund.objects.get().events.last().actor == f"webhook:{bench.provider}"  # type: ignore[union-attr]


def test_refund_when_told_twice(bench: Bench, refund: Refund, post: Poster) -> None:
    event = settled(bench)
    for _ in range(3):
        post(event)
        tasks.work_off_webhooks()

    assert states(refund) == ("completed", "succeeded")
    assert Refund.objects.get().events.count() == 3
    assert inbox() == [("done", "")]


def test_refund_when_told_before_the_answer(bench: Bench, post: Poster) -> None:
    refund = builders.refund(bench.recorded())
    bench.fake.fault("timeout", when="after", seconds=5)
    builders.work(refund)
    before = states(refund)
    post(bench.fake.events()[0])
    tasks.work_off_webhooks()
    builders.work(refund)

    assert before == ("processing", "unknown")
    assert states(refund) == ("completed", "succeeded")
    assert list(bench.fake.executed().values()) == [(1, 75_000)]


def test_refund_when_told_out_of_order(bench: Bench, refund: Refund, post: Poster) -> None:
    bench.fake.settle()
    for event in reversed(bench.fake.events()):
        post(event)
        tasks.work_off_webhooks()

    assert states(refund) == ("completed", "succeeded")
    assert [state for state, _ in inbox()] == ["done", "done"]


def test_refund_when_the_webhook_lies(bench: Bench, refund: Refund, post: Poster) -> None:
    settled(bench, "failed")
    event = bench.fake.events()[-1]
    lie = event["body"].replace('"failed"', '"succeeded"').replace("refund.failed", "refund.updated")
    post(event | {"body": lie})  # rightly signed: only the provider itself could write it
    tasks.work_off_webhooks()

    assert states(refund) == ("failed", "rejected")


def test_refund_when_never_told(bench: Bench, refund: Refund) -> None:
    bench.fake.settle()
    builders.work(refund)

    assert states(refund) == ("completed", "succeeded")


def test_refund_when_returned_after_success(bench: Bench, refund: Refund, post: Poster) -> None:
    bench.fake.settle()
    builders.work(refund)
    bench.fake.settle("returned", bench.made()[0]["id"])
    post(bench.fake.events()[-1])
    tasks.work_off_webhooks()

    assert states(refund) == ("failed", "returned")


def test_refund_when_made_in_the_dashboard(bench: Bench, refund: Refund, post: Poster) -> None:
    bench.fake.dashboard_refund(refund.payment.provider_id, amount=1_000)
    post(bench.fake.events()[-1])
    tasks.work_off_webhooks()

    assert inbox() == [("ignored", "a refund that was made outside")]
    assert states(refund) == ("processing", "accepted")


def test_refund_when_its_tag_was_wiped(bench: Bench, refund: Refund, monkeypatch: pytest.MonkeyPatch) -> None:
    known = bench.gateway.read_refund(bench.made()[0]["id"])
    wiped = type(known)(tag="", fact=known.fact)

    assert attempt_of(gateway=bench.provider, found=wiped) == builders.attempt(refund)


def test_refund_when_other_money_carries_our_tag(bench: Bench, refund: Refund, post: Poster) -> None:
    tags = {"fairslot_refund": builders.attempt(refund).key}
    bench.fake.dashboard_refund(refund.payment.provider_id, amount=1_000, tags=tags)
    post(bench.fake.events()[-1])
    tasks.work_off_webhooks()

    assert states(refund) == ("processing", "accepted")
    assert [incident.kind for incident in Incident.objects.all()] == ["mismatch"]


def test_payment_when_only_a_webhook_tells(bench: Bench, post: Poster) -> None:
    asked = paid_checkout(bench)
    for event in bench.fake.events():
        post(event)
    tasks.work_off_webhooks()

    payment = Payment.objects.get()
    assert (payment.amount, payment.usable, payment.recorded_by) == (PAID, True, f"webhook:{bench.provider}")
    assert Checkout.objects.get(pk=asked.pk).state == "paid"
    assert [state for state, _ in inbox()] == ["done", "done"]


def test_payment_when_declined(bench: Bench, post: Poster) -> None:
    asked = builders.checkout(gateway=bench.provider, amount=PAID, now=timezone.now())
    bench.fake.pay(bench.checkout_page(asked), "decline")
    post(bench.fake.events()[-1])
    tasks.work_off_webhooks()

    assert inbox() == [("ignored", "nothing was captured")]
    assert Payment.objects.count() == 0


def test_payment_when_it_is_for_something_else(bench: Bench, post: Poster) -> None:
    paid_checkout(bench)
    run(ways_past("refunds_checkout_no_delete"), {})
    Checkout.objects.all().delete()
    post(bench.fake.events()[-1])
    tasks.work_off_webhooks()

    assert inbox() == [("ignored", "a payment for something else")]


def test_event_when_it_is_about_something_unknown(bench: Bench, refund: Refund, post: Poster) -> None:
    event = bench.fake.events()[-1]
    body = event["body"].replace('"refund"', '"dispute"')
    post(event | {"body": body})
    tasks.work_off_webhooks()

    assert [state for state, _ in inbox()] == ["ignored"]


def test_event_when_it_is_of_another_account(bench: Bench, refund: Refund, post: Poster) -> None:
    event = bench.fake.events()[-1]
    post(
        event
        | {
            "body": event["body"].replace(
                bench.made()[0]["id"], "re_another" if bench.provider == "stripe" else "rfnd_x"
            )
        }
    )
    tasks.work_off_webhooks()

    assert inbox() == [("ignored", "the provider does not know it: no_such_payment")]


def test_event_when_it_is_live_and_we_are_not(bench: Bench, refund: Refund, post: Poster) -> None:
    event = bench.fake.events()[-1]
    post(event | {"body": event["body"].replace('"livemode": false', '"livemode": true')})
    tasks.work_off_webhooks()

    assert [state for state, _ in inbox()] == ["ignored" if bench.provider == "stripe" else "done"]


def test_event_when_it_is_poisoned(bench: Bench, refund: Refund, post: Poster) -> None:
    last = settled(bench)
    post(
        last
        | {"id": "evt_poison", "body": '{"id": "evt_poison", "event": "refund.x", "payload": {"refund": 1}, "data": 1}'}
    )
    post(last)
    tasks.work_off_webhooks()

    poisoned, good = GatewayEvent.objects.order_by("pk")
    assert (poisoned.state, poisoned.tries) == ("new", 1)
    assert "TypeError" in poisoned.error
    assert poisoned.next_at is not None
    assert poisoned.next_at > timezone.now() + timedelta(seconds=5)
    assert good.state == "done"
    assert states(refund) == ("completed", "succeeded")


def test_event_when_the_provider_gives_no_answer(bench: Bench, refund: Refund, post: Poster) -> None:
    post(settled(bench))
    bench.fake.fault(500, operation="fetch_refund")
    tasks.work_off_webhooks()
    between = [state for state, _ in inbox()], states(refund)
    GatewayEvent.objects.update(next_at=Now() - timedelta(seconds=1))
    tasks.work_off_webhooks()

    assert between == (["new"], ("processing", "accepted"))
    assert (inbox()[0][0], states(refund)) == ("done", ("completed", "succeeded"))


def test_event_when_it_stays_poisoned(bench: Bench, refund: Refund, post: Poster) -> None:
    post(settled(bench))
    bench.fake.fault(500, operation="fetch_refund", times=2)
    waits = []
    for tries in (3, webhooks_inbox.MOST_TRIES - 1):
        GatewayEvent.objects.update(next_at=Now() - timedelta(seconds=1), tries=tries)
        now = timezone.now()
        tasks.work_off_webhooks()
        event = GatewayEvent.objects.get()
        waits.append(event.next_at and round((event.next_at - now).total_seconds(), -1))

    assert waits == [80, None]
    assert GatewayEvent.objects.get().state == InboxState.FAILED


def test_event_when_two_workers_see_it(bench: Bench, refund: Refund, post: Poster) -> None:
    post(settled(bench))
    keys = webhooks_inbox.due()

    assert [webhooks_inbox.claim(key=key) for key in keys * 2] == [True, False]
    assert webhooks_inbox.due() == []


def test_event_when_its_worker_died(bench: Bench, refund: Refund, post: Poster) -> None:
    post(settled(bench))
    webhooks_inbox.claim(key=webhooks_inbox.due()[0])
    GatewayEvent.objects.update(next_at=Now() - timedelta(seconds=1))
    tasks.work_off_webhooks()

    assert states(refund) == ("completed", "succeeded")


def test_event_when_its_provider_is_served_no_more(bench: Bench) -> None:
    webhooks_inbox.keep(
        gateway="sandbox", event_id="1", body=b"{}", headers={}, now=timezone.now() - timedelta(seconds=1)
    )
    tasks.work_off_webhooks()

    assert inbox() == [("ignored", "the provider tells nothing by webhook")]


def test_event_when_another_worker_was_faster(
    bench: Bench, refund: Refund, post: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(settled(bench))
    keys = webhooks_inbox.due()
    webhooks_inbox.claim(key=keys[0])
    monkeypatch.setattr(webhooks_inbox, "due", lambda: keys)
    tasks.work_off_webhooks()

    assert GatewayEvent.objects.get().tries == 1
    assert states(refund) == ("processing", "accepted")
