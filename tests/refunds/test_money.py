"""Money as people read it: each currency has its own places."""

import pytest
from django.utils import translation

from refunds.money import formatted


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(75_000, "INR", "₹750.00"), (750, "JPY", "¥750"), (1_500, "KWD", "KWD1.500"), (5, "EUR", "€0.05")],
)
def test_money_when_formatted(amount: int, currency: str, text: str) -> None:
    assert formatted(amount=amount, currency=currency) == text


def test_money_when_no_language_is_active() -> None:
    with translation.override(None):
        assert formatted(amount=100, currency="INR") == "₹1.00"
