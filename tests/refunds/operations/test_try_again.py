"""After a failure: the same way, another way, or first the truth."""

import pytest

from refunds import operations
from refunds.errors import (
    AlreadySettled,
    MayStillPay,
    NotUnknown,
    ProviderSilent,
    ReasonMissing,
    RefundError,
    WayNotPossible,
)
from refunds.gateways.base import Rejected, Unknown
from refunds.models import Refund, RefundAttempt, Way
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.usefixtures("promises")


@pytest.fixture
def refund(gateway: FakeGateway) -> Refund:
    """Granted, with the provider that does what the test says."""
    return builders.refund(builders.payment_at("fake"))


@pytest.fixture
def declined(refund: Refund, gateway: FakeGateway) -> Refund:
    """Failed for certain."""
    gateway.on_send = Rejected("closed_card")
    return builders.work(refund)


def retry(refund: Refund) -> Refund:
    return operations.retry(refund_id=refund.pk, actor="staff:1", now=builders.NOW)


def another(refund: Refund, way: Way, holder: str = "") -> Refund:
    return operations.pay_another_way(refund_id=refund.pk, way=way, actor="staff:1", now=builders.NOW, holder=holder)


def resolve(refund: Refund, reason: str = "Asked by phone.") -> Refund:
    return operations.resolve_unknown(refund_id=refund.pk, reason=reason, actor="staff:1", now=builders.NOW)


def states(refund: Refund) -> tuple[str, list[str]]:
    return Refund.objects.get(pk=refund.pk).status, [attempt.state for attempt in refund.attempts.all()]


def test_retry_when_declined(declined: Refund, gateway: FakeGateway) -> None:
    again = retry(declined)
    assert states(declined) == ("processing", ["rejected", "ready"])
    assert (again.reason_code, again.next_at) == ("", builders.NOW)

    gateway.on_send = fact("succeeded")
    builders.work(declined)
    assert states(declined) == ("completed", ["rejected", "succeeded"])
    assert [request.key[-2:] for request in gateway.sent] == ["_1", "_2"]


def test_retry_when_pressed_six_times(declined: Refund) -> None:
    for _ in range(6):
        retry(declined)

    assert states(declined) == ("processing", ["rejected", "ready"])


def test_retry_when_returned(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = fact("succeeded")
    builders.work(refund)
    gateway.on_fetch = fact("failed")
    builders.work(refund)
    retry(refund)

    assert states(refund) == ("processing", ["returned", "ready"])


def test_retry_when_unknown(refund: Refund, gateway: FakeGateway) -> None:
    builders.give_up(refund, gateway)

    with pytest.raises(MayStillPay):
        retry(refund)
    assert states(refund) == ("failed", ["unknown"])


def test_retry_when_completed(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = fact("succeeded")
    builders.work(refund)

    with pytest.raises(AlreadySettled):
        retry(refund)
    assert states(refund) == ("completed", ["succeeded"])


def test_cash_when_card_is_closed(declined: Refund) -> None:
    after = another(declined, Way.CASH)
    another(declined, Way.CASH)

    assert states(declined) == ("processing", ["rejected", "ready"])
    assert (after.way, after.next_at, builders.attempt(declined).channel) == (Way.CASH, None, "cash")
    operations.confirm_by_hand(refund_id=declined.pk, actor="staff:1", evidence="C-7", now=builders.NOW)
    assert states(declined) == ("completed", ["rejected", "succeeded"])


def test_cash_when_unknown(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)

    with pytest.raises(MayStillPay):
        another(refund, Way.CASH)
    assert states(refund) == ("processing", ["unknown"])
    assert Refund.objects.get().way == Way.ORIGINAL


def test_another_way_when_still_ready(refund: Refund) -> None:
    with pytest.raises(MayStillPay):
        another(refund, Way.CASH)
    assert states(refund) == ("pending", ["ready"])


def test_credit_when_card_is_closed(declined: Refund) -> None:
    after = another(declined, Way.CREDIT, holder="patient:1")

    assert (after.status, after.holder) == ("completed", "patient:1")
    assert states(declined) == ("completed", ["rejected", "succeeded"])


@pytest.mark.parametrize("way", [Way.CREDIT])
def test_another_way_when_not_possible(declined: Refund, way: Way) -> None:
    with pytest.raises(WayNotPossible):
        another(declined, way)
    assert states(declined) == ("failed", ["rejected"])


def test_unknown_when_resolved_as_paid(refund: Refund, gateway: FakeGateway) -> None:
    builders.give_up(refund, gateway)
    gateway.found = (fact("succeeded"),)

    assert resolve(refund).status == "completed"
    assert states(refund) == ("completed", ["succeeded"])


def test_unknown_when_resolved_as_not_made(refund: Refund, gateway: FakeGateway) -> None:
    builders.give_up(refund, gateway)
    after = resolve(refund)

    assert states(refund) == ("failed", ["rejected"])
    assert (after.reason_code, after.reason_text) == ("not_made", "Asked by phone.")
    assert RefundAttempt.objects.get().evidence == {
        "resolved_by": "staff:1",
        "reason": "Asked by phone.",
        "resolved_at": "2026-11-02T09:00:00+00:00",
    }
    retry(refund)
    assert states(refund) == ("processing", ["rejected", "ready"])


def test_unknown_when_the_provider_is_silent(refund: Refund, gateway: FakeGateway) -> None:
    builders.give_up(refund, gateway)
    gateway.found = TimeoutError()

    with pytest.raises(ProviderSilent):
        resolve(refund)
    assert states(refund) == ("failed", ["unknown"])


def test_unknown_when_news_came_during_the_question(
    refund: Refund, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders.give_up(refund, gateway)

    def slow(*_: object) -> tuple[()]:
        told = fact("pending")
        operations.apply_outcome(attempt_id=builders.attempt(refund).pk, fact=told, now=builders.NOW, actor="hook")
        return ()

    monkeypatch.setattr(gateway, "find_refunds", slow)
    resolve(refund)

    assert states(refund) == ("processing", ["accepted"])


@pytest.mark.parametrize(("reason", "error"), [(" ", ReasonMissing), ("Why", NotUnknown)])
def test_resolving_when_refused(declined: Refund, reason: str, error: type[RefundError]) -> None:
    with pytest.raises(error):
        resolve(declined, reason)
    assert states(declined) == ("failed", ["rejected"])
