"""The limit of the cash desk."""

import pytest
from pytest_django import Settings

from refunds import operations
from refunds.errors import RefundError
from refunds.models import Refund, Way
from tests.refunds import builders

pytestmark = pytest.mark.usefixtures("promises")


def confirm(refund: Refund) -> Refund:
    return operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="C-7", now=builders.NOW)


@pytest.mark.parametrize("limit", [{"INR": 75_000}, {"GBP": 1}, {}])
def test_cash_when_within_the_limit(limit: dict[str, int], settings: Settings) -> None:
    settings.CASH_REFUND_LIMIT = limit

    assert confirm(builders.refund(builders.by_hand(), way=Way.CASH)).status == "completed"


def test_cash_when_above_the_limit(settings: Settings) -> None:
    settings.CASH_REFUND_LIMIT = {"INR": 74_999}
    refund = builders.refund(builders.by_hand(), way=Way.CASH)

    with pytest.raises(RefundError) as refused:
        confirm(refund)
    assert refused.value.code == "over_cash_limit"
    assert str(refused.value.sentence) == (
        "At most ₹749.99 may be paid in cash. Mark it as failed and pay it by bank transfer:"
        " the patient is asked for the details."
    )
    assert Refund.objects.get().status == "pending"


def test_transfer_when_above_the_limit_of_cash(settings: Settings) -> None:
    settings.CASH_REFUND_LIMIT = {"INR": 1}

    assert confirm(builders.refund(builders.by_hand(), way=Way.BANK_TRANSFER)).status == "completed"
