"""A holder's credit, out of the books."""

import pytest

from refunds.manual.credit import credit_balances, credit_entries
from refunds.models import Method, Way
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
