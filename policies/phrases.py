"""Small words for lengths, percentages and amounts, used by every sentence about a policy."""

from datetime import timedelta
from decimal import Decimal

from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language, gettext, ngettext, to_locale

from policies.rules.currencies import PLACES


def hours_left(length: timedelta) -> str:
    """Return a length in hours, such as "1 hour" or "36.5 hours"; at most two places."""
    hours = Decimal(length // timedelta(microseconds=1)) / Decimal(3_600_000_000)
    text = format_decimal(hours, format="#,##0.##", locale=_locale())
    return ngettext("%(hours)s hour", "%(hours)s hours", 1 if hours == 1 else 2) % {"hours": text}


def percentage(percent: Decimal) -> str:
    """Return a percentage (0 to 100), such as "75%"; at most two places."""
    text = format_decimal(percent, format="#,##0.##", locale=_locale())
    return gettext("%(number)s%%") % {"number": text}


def money(amount: int, currency: str) -> str:
    """Return an amount of minor units with its currency, such as "₹100.00"."""
    return format_currency(to_major(amount, currency), currency, locale=_locale())


def to_major(amount: int, currency: str) -> Decimal:
    """Return minor units as an exact decimal in whole units, in the currency's own places."""
    return Decimal(amount).scaleb(-PLACES[currency])


def _locale() -> str:
    return to_locale(get_language() or "en")
