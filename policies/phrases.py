"""Small words for lengths, percentages and amounts, used by every sentence about a policy.

`locale` is a Babel locale such as "en_IN"; without one that of the active language is used.
"""

from copy import copy
from datetime import timedelta
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext, to_locale

from policies.rules.currencies import PLACES

_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS_AN_HOUR = 3_600_000_000


def to_hours(length: timedelta) -> Decimal:
    """Return a length in decimal hours."""
    return Decimal(length // _MICROSECOND) / _MICROSECONDS_AN_HOUR


def hours_left(length: timedelta, *, locale: str | None = None) -> str:
    """Return a length in hours, such as "1 hour" or "36.5 hours"; at most two places."""
    hours = to_hours(length)
    text = format_decimal(hours, format="#,##0.##", locale=locale or _active_locale())
    return ngettext("%(hours)s hour", "%(hours)s hours", 1 if hours == 1 else 2) % {"hours": text}


def percentage(percent: Decimal, *, locale: str | None = None) -> str:
    """Return a percentage from 0 to 100, such as "75%"; at most two places."""
    text = format_decimal(percent, format="#,##0.##", locale=locale or _active_locale())
    return gettext("%(number)s%%") % {"number": text}


def money(amount: int, currency: str, *, locale: str | None = None) -> str:
    """Return an amount of minor units with its currency, such as "₹100.00".

    Babel's own places are those of daily use (the Iraqi dinar has none): here nothing of an amount is dropped.
    """
    known = Locale.parse(locale or _active_locale())
    pattern = copy(known.currency_formats["standard"])
    pattern.frac_prec = (PLACES[currency], PLACES[currency])
    text = str(pattern.apply(to_major(amount, currency), known, currency=currency, currency_digits=False))
    # Between letters that run to the left, sign and figures would change places: marks keep them together.
    return f"\u2066{text}\u2069" if get_language_bidi() else text


def to_major(amount: int, currency: str) -> Decimal:
    """Return minor units as an exact decimal in whole units, in the currency's own places."""
    return Decimal(amount).scaleb(-PLACES[currency])


def _active_locale() -> str:
    return to_locale(get_language() or "en")
