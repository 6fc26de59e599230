"""Money as people read it."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision
from django.utils import translation


def formatted(*, amount: int, currency: str) -> str:
    """Minor units in the currency's own places, in the language of the page: 75000 INR is ₹750.00, 750 JPY is ¥750."""
    value = Decimal(amount).scaleb(-get_currency_precision(currency))
    return format_currency(value, currency, locale=translation.to_locale(translation.get_language() or "en"))
