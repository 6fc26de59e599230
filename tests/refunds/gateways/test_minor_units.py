"""Minor units, there and back."""

import pytest

from refunds.gateways.base import Rejected
from refunds.gateways.minor_units import STRIPE_PLACES, from_provider, to_provider

AMOUNTS = [
    ("INR", 75_000, 75_000),
    ("JPY", 750, 750),
    ("KWD", 12_340, 12_340),
    ("ISK", 70, 7_000),
    ("UGX", 5, 500),
    ("MGA", 500, 5),
]


@pytest.mark.parametrize(("currency", "ours", "theirs"), AMOUNTS)
def test_amount_when_sent(currency: str, ours: int, theirs: int) -> None:
    assert to_provider(amount=ours, currency=currency, places=STRIPE_PLACES) == theirs


@pytest.mark.parametrize(("currency", "ours", "theirs"), AMOUNTS)
def test_amount_when_read(currency: str, ours: int, theirs: int) -> None:
    assert from_provider(amount=theirs, currency=currency, places=STRIPE_PLACES) == ours


@pytest.mark.parametrize(("currency", "amount"), [("KWD", 12_345), ("MGA", 550)])
def test_amount_when_the_provider_cannot_move_it(currency: str, amount: int) -> None:
    with pytest.raises(Rejected) as caught:
        to_provider(amount=amount, currency=currency, places=STRIPE_PLACES)

    assert caught.value.reason_code == "amount_not_possible"


def test_amount_when_ours_cannot_hold_it() -> None:
    with pytest.raises(ValueError, match="7050 ISK"):
        from_provider(amount=7_050, currency="ISK", places=STRIPE_PLACES)
