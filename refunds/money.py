"""Money as people read it."""

from copy import copy
from decimal import Decimal

from babel import Locale
from django.utils import translation

from refunds.currencies import places_of


def formatted(*, amount: int, currency: str) -> str:
    """Minor units in the currency's own places, in the language of the page: 75000 INR is ₹750.00, 750 JPY is ¥750.

    Babel's own places are those of daily use (the Iraqi dinar has none): here nothing of an amount is dropped.
    """
    locale = Locale.parse(translation.to_locale(translation.get_language() or "en"))
    places = places_of(currency)
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (places, places)
    value = Decimal(amount).scaleb(-places)
    return str(pattern.apply(value, locale, currency=currency, currency_digits=False))
