"""A holder's credit, out of the books."""

import pytest
from pytest_django import Settings

from refunds.errors import CreditTooLow, WayNotPossible
from refunds.manual.credit import credit_balances, credit_entries, pay_out_credit
from refunds.models import Method, Refund, Way
from tests.refunds import builders

pytestmark = pytest.mark.usefixtures("promises")


def test_balances_when_given_and_used() -> None:
    builders.refund(builders.by_hand(), way=Way.CREDIT, holder="patient:1", amount=75_000)
    builders.by_hand(method=Method.CREDIT, amount=50_000, reference="R-2", holder="patient:1")

    assert credit_balances(holder="patient:1") == {"INR": 25_000}
    assert [entry.amount for entry in credit_entries(holder="patient:1")] == [50_000, 75_000]


def test_balances_when_all_is_used() -> None:
    builders.refund(builders.by_hand(), way=Way.CREDIT, holder="patient:1", amount=75_000)
    builders.by_hand(method=Method.CREDIT, amount=75_000, reference="R-2", holder="patient:1")

    assert credit_balances(holder="patient:1") == {}
    assert list(credit_entries(holder="patient:2")) == []


def pay_out(way: Way) -> Refund:
    return pay_out_credit(holder="patient:1", currency="INR", way=way, requested_by="patient:1", now=builders.NOW)


def test_pay_out_when_there_is_no_credit() -> None:
    with pytest.raises(CreditTooLow):
        pay_out(Way.CASH)
    assert Refund.objects.count() == 0


def test_pay_out_when_details_cannot_be_kept(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = []
    builders.refund(builders.by_hand(), way=Way.CREDIT, holder="patient:1", amount=75_000)

    with pytest.raises(WayNotPossible):
        pay_out(Way.BANK_TRANSFER)
    assert credit_balances(holder="patient:1") == {"INR": 75_000}
    assert Refund.objects.count() == 1
