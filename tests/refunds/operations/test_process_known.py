"""A refund that the provider has: read again, returned by the bank, watched, found twice."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from refunds.gateways.base import Rejected, Unknown
from refunds.gateways.registry import GATEWAYS
from refunds.models import Incident, Refund, RefundAttempt, RefundStatus
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.usefixtures("promises")
DAY = timedelta(days=1)


@pytest.fixture
def refund(gateway: FakeGateway) -> Refund:
    """Granted, with the provider that does what the test says."""
    return builders.refund(builders.payment_at("fake"))


def age_the_key() -> None:
    RefundAttempt.objects.update(first_sent_at=Now() - DAY)


def state_of(refund: Refund) -> tuple[str, str]:
    return Refund.objects.get(pk=refund.pk).status, builders.attempt(refund).state


def test_accepted_when_read_again(refund: Refund, gateway: FakeGateway) -> None:
    builders.work(refund)
    builders.work(refund)
    assert state_of(refund) == ("processing", "accepted")

    gateway.on_fetch = fact("succeeded")
    builders.work(refund)
    assert state_of(refund) == ("completed", "succeeded")
    assert len(gateway.sent) == 1


def test_accepted_when_the_provider_is_silent_for_days(refund: Refund, gateway: FakeGateway) -> None:
    builders.work(refund)
    gateway.on_fetch = TimeoutError()
    after = builders.work(refund, now=builders.NOW + 4 * DAY)

    assert state_of(refund) == ("processing", "accepted")
    assert after.next_at is not None


def test_completed_when_the_bank_returned_it(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = fact("succeeded")
    builders.work(refund)
    gateway.on_fetch = fact("failed", reason="account closed")
    after = builders.work(refund, now=builders.NOW + 3 * DAY)

    assert state_of(refund) == ("failed", "returned")
    assert (after.reason_code, after.settled_at, after.next_at) == ("returned_by_bank", None, None)


def test_completed_when_watched_long_enough(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = gateway.on_fetch = fact("succeeded")
    assert builders.work(refund).next_at is not None
    after = builders.work(refund, now=builders.NOW + 36 * DAY)

    assert (after.status, after.next_at) == (RefundStatus.COMPLETED, None)


def test_completed_when_the_provider_still_says_pending(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = fact("succeeded")
    builders.work(refund)
    gateway.on_fetch = fact("pending")
    later = builders.NOW + 2 * DAY
    after = builders.work(refund, now=later)

    assert after.status == RefundStatus.COMPLETED
    assert after.next_at is not None
    assert after.next_at > later


def test_search_when_two_refunds_carry_our_tag(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)
    gateway.found = (fact("failed", provider_id="re_0"), fact("succeeded"), fact("pending", provider_id="re_2"))
    builders.work(refund)

    assert state_of(refund) == ("completed", "succeeded")
    assert builders.attempt(refund).provider_id == "re_1"
    assert {incident.kind for incident in Incident.objects.all()} == {"second_refund"}


def test_worker_when_the_try_is_over(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Rejected("closed_card")
    builders.work(refund)
    Refund.objects.update(next_at=builders.NOW)

    assert builders.work(refund).next_at is None
    assert len(gateway.sent) == 1


def test_worker_when_the_provider_is_not_served_here(
    refund: Refund, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(GATEWAYS, "fake")

    assert builders.work(refund).next_at is not None
    assert state_of(refund) == ("pending", "ready")
