"""Whole accounts, listed through the SDKs."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from refunds import tasks
from refunds.gateways.base import DisputeFact, NotRun, Unknown
from refunds.gateways.sandbox import SandboxGateway
from refunds.models import Dispute, GatewayEvent
from tests.fake_provider.store import Doc
from tests.refunds import builders
from tests.refunds.bench import Bench
from tests.refunds.webhooks.post import poster

pytestmark = pytest.mark.usefixtures("promises")


def an_hour_ago() -> datetime:
    return datetime.fromtimestamp(time.time() - 3600, UTC)


def test_refunds_when_there_are_many(bench: Bench) -> None:
    payment, other = bench.payment(), bench.payment()
    bench.gateway.create_refund(bench.request(payment))
    for _ in range(110):
        bench.fake.dashboard_refund(other, amount=1)
    listed = list(bench.gateway.list_refunds(since=an_hour_ago()))

    assert len({one.fact.provider_id for one in listed}) == 111
    assert [one.fact.amount for one in listed if one.tag] == [40_000]
    assert bench.called("list_refunds") == 2


def test_refunds_when_made_before(bench: Bench) -> None:
    bench.fake.dashboard_refund(bench.payment(), amount=1)

    assert list(bench.gateway.list_refunds(since=an_hour_ago() + timedelta(hours=2))) == []


@pytest.mark.parametrize(("answer", "raised"), [(500, Unknown), ("bad_json", Unknown), (401, NotRun)])
def test_refunds_when_the_list_breaks(bench: Bench, answer: str | int, raised: type[Exception]) -> None:
    bench.fake.fault(answer, operation="list_refunds")

    with pytest.raises(raised):
        list(bench.gateway.list_refunds(since=an_hour_ago()))


@pytest.mark.parametrize("state", ["open", "won", "lost"])
def test_dispute_when_read(bench: Bench, state: str) -> None:
    payment = bench.payment()
    opened = bench.fake.dispute(payment, state)
    expected = DisputeFact(
        provider_id=opened["id"],
        payment_provider_id=payment,
        amount=1_000_000,
        currency="INR",
        state=state,  # type: ignore[arg-type]
    )

    assert bench.gateway.read_dispute(opened["id"]) == expected
    assert list(bench.gateway.list_disputes(since=an_hour_ago())) == [expected]


@pytest.fixture
def tell(client: Client) -> Callable[[Doc], None]:
    """Post an event and take it in."""

    def told(event: Doc) -> None:
        assert poster(client)(event).status == 200
        tasks.work_off_webhooks()

    return told


def test_dispute_when_told(bench: Bench, tell: Callable[[Doc], None]) -> None:
    payment = bench.recorded()
    bench.fake.dispute(payment.provider_id)
    tell(bench.fake.events()[-1])

    assert [(one.payment, one.state) for one in Dispute.objects.all()] == [(payment, "open")]


def test_dispute_when_told_of_somebody_elses(bench: Bench, tell: Callable[[Doc], None]) -> None:
    bench.fake.dispute(bench.payment())
    tell(bench.fake.events()[-1])

    assert [(one.state, one.error) for one in GatewayEvent.objects.all()] == [
        ("ignored", "a dispute about a payment for something else")
    ]


def test_sandbox_when_listed() -> None:
    refund = builders.refund(builders.payment())
    builders.work(refund)

    assert [one.tag for one in SandboxGateway().list_refunds(since=builders.NOW)] == [builders.attempt(refund).key]
