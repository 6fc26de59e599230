"""The patient says how to be paid, and never while an earlier try may still pay."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from refunds import operations
from refunds.bank import payees, queries, seal
from refunds.errors import AlreadySettled, MayStillPay, RefundError, WayNotPossible
from refunds.gateways.base import Rejected, Unknown
from refunds.models import Refund, RefundAttempt, RefundPayee, Way
from tests.refunds import builders
from tests.refunds.bank.accounts import A_DAY, IBAN, INDIA, OTHER, give, transfer
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.usefixtures("promises")


def closed(gateway: FakeGateway) -> Refund:
    """Failed for certain: the card is gone."""
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = Rejected("closed_card")
    return builders.work(refund)


def unknown(gateway: FakeGateway) -> Refund:
    """Sent, and nobody knows what became of it."""
    refund = builders.refund(builders.payment_at("fake"))
    builders.give_up(refund, gateway)
    return Refund.objects.get(pk=refund.pk)


def fresh(refund: Refund) -> Refund:
    return Refund.objects.get(pk=refund.pk)


def channels(refund: Refund) -> list[tuple[str, str]]:
    return list(RefundAttempt.objects.filter(refund=refund).values_list("channel", "state"))


def test_details_when_given() -> None:
    refund = transfer()
    payee = give(refund)

    assert (payee.number, payee.masked, payee.holds_until, payee.given_by) == (1, "•••• 6819", None, "patient:1")
    assert seal.unseal_details(payee.sealed, owner=payees.owner_of(refund=refund)) == INDIA
    assert INDIA.account not in payee.sealed


def test_details_when_given_again() -> None:
    refund = transfer()
    first = give(refund)

    assert give(refund, now=builders.NOW + A_DAY) == first
    assert RefundPayee.objects.count() == 1


def test_details_when_changed() -> None:
    refund = transfer()
    first = give(refund)
    second = give(refund, OTHER)

    first.refresh_from_db()
    assert first.replaced_at == builders.NOW
    assert (second.number, second.holds_until) == (2, builders.NOW + A_DAY)
    assert queries.payee_of(refund=refund) == second


def test_details_when_the_old_ones_cannot_be_read(settings: Settings) -> None:
    refund = transfer()
    give(refund)
    settings.BANK_DETAILS_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]

    assert give(refund).number == 2


def test_details_when_of_another_country() -> None:
    refund = transfer()

    with pytest.raises(WayNotPossible):
        give(refund, IBAN)
    assert RefundPayee.objects.count() == 0


def test_details_when_the_card_is_closed(gateway: FakeGateway) -> None:
    refund = closed(gateway)
    give(refund)

    assert (fresh(refund).status, fresh(refund).way) == ("processing", "bank_transfer")
    assert channels(refund) == [("fake", "rejected"), ("bank_transfer", "ready")]


def collect(refund: Refund) -> None:
    payees.choose_cash(refund_id=refund.pk, actor="patient:1", now=builders.NOW)


@pytest.mark.parametrize("choose", [collect, give])
def test_choice_when_the_outcome_is_unknown(gateway: FakeGateway, choose: Callable[[Refund], object]) -> None:
    refund = unknown(gateway)

    assert payees.ways_to_choose(refund=refund) == []
    with pytest.raises(MayStillPay):
        choose(refund)
    assert channels(refund) == [("fake", "unknown")]
    assert RefundPayee.objects.count() == 0


def test_choice_when_the_provider_has_it(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = Unknown()
    builders.work(refund)

    with pytest.raises(MayStillPay):
        give(refund)
    assert channels(refund) == [("fake", "unknown")]


def test_choice_when_completed() -> None:
    refund = transfer()
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="T-1", now=builders.NOW)

    assert payees.ways_to_choose(refund=fresh(refund)) == []
    with pytest.raises(AlreadySettled):
        give(refund)
    assert RefundPayee.objects.count() == 0


def test_cash_when_chosen(gateway: FakeGateway) -> None:
    refund = closed(gateway)
    for _ in range(2):
        payees.choose_cash(refund_id=refund.pk, actor="patient:1", now=builders.NOW)

    assert channels(refund) == [("fake", "rejected"), ("cash", "ready")]


def test_cash_when_above_the_limit(gateway: FakeGateway, settings: Settings) -> None:
    settings.CASH_REFUND_LIMIT = {"INR": 74_999}
    refund = closed(gateway)

    assert payees.ways_to_choose(refund=refund) == [Way.BANK_TRANSFER]
    with pytest.raises(WayNotPossible):
        payees.choose_cash(refund_id=refund.pk, actor="patient:1", now=builders.NOW)
    assert channels(refund) == [("fake", "rejected")]


def test_ways_when_the_card_is_closed(gateway: FakeGateway) -> None:
    assert payees.ways_to_choose(refund=closed(gateway)) == [Way.BANK_TRANSFER, Way.CASH]


def test_ways_when_details_cannot_be_kept(gateway: FakeGateway, settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = []

    assert payees.ways_to_choose(refund=closed(gateway)) == [Way.CASH]


def test_ways_when_waiting_for_a_transfer() -> None:
    assert payees.ways_to_choose(refund=transfer()) == [Way.BANK_TRANSFER]


def test_cash_when_waiting_for_a_transfer() -> None:
    refund = transfer()

    with pytest.raises(MayStillPay):
        payees.choose_cash(refund_id=refund.pk, actor="patient:1", now=builders.NOW)
    assert channels(refund) == [("bank_transfer", "ready")]


def test_transfer_when_confirmed_while_on_hold() -> None:
    refund = transfer()
    give(refund)
    give(refund, OTHER)

    with pytest.raises(RefundError) as refused:
        operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="T-1", now=builders.NOW)
    assert refused.value.code == "payee_on_hold"
    assert fresh(refund).status == "pending"


def test_transfer_when_confirmed_after_the_hold() -> None:
    refund = transfer()
    give(refund)
    give(refund, OTHER)
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="T-1", now=builders.NOW + A_DAY)

    assert fresh(refund).status == "completed"


def test_late_news_when_paid_another_way(gateway: FakeGateway) -> None:
    refund = closed(gateway)
    give(refund)
    attempt = RefundAttempt.objects.get(refund=refund, number=1)
    operations.apply_outcome(attempt_id=attempt.pk, fact=fact("succeeded"), now=builders.NOW, actor="test")

    assert refund.incidents.get().kind == "late_success"


@pytest.mark.parametrize("column", ["sealed = 'x'", "masked = 'x'", "given_by = 'x'", "holds_until = NULL"])
def test_payee_when_tampered_with(column: str) -> None:
    refund = transfer()
    give(refund)
    give(refund, OTHER)

    with (
        pytest.raises(IntegrityError, match="refunds_refundpayee_given_is_fixed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE refunds_refundpayee SET {column}")


def test_payee_when_deleted() -> None:
    give(transfer())

    with pytest.raises(IntegrityError, match="refunds_refundpayee_no_delete"), transaction.atomic():
        RefundPayee.objects.all().delete()
    assert RefundPayee.objects.count() == 1
