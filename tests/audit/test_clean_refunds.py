"""After everything that can happen to a refund on its way, the audit finds nothing."""

import pytest

from refunds import operations
from refunds.gateways.base import Unknown
from refunds.models import Refund, Way
from tests.audit.house import House, book, cancel
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House.opened()


@pytest.mark.parametrize("minor", [11, 13, 17, 19, 23, 29])
def test_refund_when_the_provider_fails(house: House, minor: int) -> None:
    refund = cancel(house, book(house, price=100_000 + minor, hours=20))
    assert refund is not None
    for _ in range(3):
        house.pass_time(minutes=15)
        assert house.broken() == []
    house.let_banks_send_back()
    assert house.broken() == []

    refund = Refund.objects.get()
    if refund.status == "failed":
        operations.pay_another_way(refund_id=refund.pk, way=Way.CASH, actor="staff:1", now=house.now)
        assert house.broken() == []
        operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="C-1", now=house.now)
    assert (Refund.objects.get().status, house.broken()) == ("completed", [])


def test_refund_when_retried_and_refused_again(house: House) -> None:
    refund = cancel(house, book(house, price=100_011, hours=40))
    assert refund is not None
    house.sweep()
    operations.retry(refund_id=refund.pk, actor="staff:1", now=house.now)
    house.sweep()
    assert (refund.attempts.count(), house.broken()) == (2, [])

    operations.pay_another_way(refund_id=refund.pk, way=Way.CREDIT, holder="patient:1", actor="staff:1", now=house.now)
    assert house.broken() == []


def test_transfer_when_returned_to_us(house: House) -> None:
    refund = cancel(house, book(house, method="bank_transfer"))
    assert refund is not None
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="UTR1", now=house.now)
    operations.mark_returned(refund_id=refund.pk, reason_text="closed", actor="staff:1", now=house.now)
    assert house.broken() == []

    operations.retry(refund_id=refund.pk, actor="staff:1", now=house.now)
    operations.mark_failed(
        refund_id=refund.pk, reason_code="wrong_details", reason_text="", actor="staff:1", now=house.now
    )
    assert house.broken() == []


def test_proof_when_every_later_try_was_rejected_too(gateway: FakeGateway) -> None:
    house = House.opened()
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = fact("failed")
    builders.work(refund)
    first = builders.attempt(refund)
    operations.retry(refund_id=refund.pk, actor="staff:1", now=house.now)
    gateway.on_send = fact("failed", provider_id="re_2")
    builders.work(refund)
    operations.apply_outcome(attempt_id=first.pk, fact=fact("succeeded"), now=house.now, actor="gateway:fake")

    assert (Refund.objects.get().status, only_about_refunds(house)) == ("completed", [])


def test_refund_when_the_provider_knows_other_money(gateway: FakeGateway) -> None:
    house = House.opened()
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = fact("succeeded", amount=1)
    builders.work(refund)

    assert (Refund.objects.get().reason_code, only_about_refunds(house)) == ("mismatch", [])


def test_outcome_when_unknown_for_days_and_cleared_up(gateway: FakeGateway) -> None:
    house = House.opened()
    refund = builders.refund(builders.payment_at("fake"))
    builders.give_up(refund, gateway)
    assert (Refund.objects.get().reason_code, only_about_refunds(house)) == ("outcome_unknown", [])

    operations.resolve_unknown(refund_id=refund.pk, reason="not there", actor="staff:1", now=house.now)
    operations.retry(refund_id=refund.pk, actor="staff:1", now=house.now)
    gateway.on_send = Unknown()
    builders.work(refund)
    assert only_about_refunds(house) == []


def only_about_refunds(house: House) -> list[str]:
    """What the audit finds; these refunds belong to no appointment, so their cause is nobody's deed."""
    return [found for found in house.broken() if not found.startswith("refund_has_its_deed")]
