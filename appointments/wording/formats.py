"""Money and time as people read them: by the centre's locale, on the centre's clock."""

import re
from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_name
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from appointments.models import Centre
from policies.phrases import money


def format_money(minor: int, *, currency: str, centre: Centre) -> str:
    """Return an amount in minor units as people at this centre write it, such as ₹1,25,000.50."""
    return money(minor, currency, locale=reader_locale(centre))


def format_day(moment: datetime, *, centre: Centre) -> str:
    """Return the day at the centre, such as Thursday 3 December 2026."""
    local = moment.astimezone(centre.zone)
    if _language().startswith("en"):
        return format_date(local, "EEEE d MMMM y", locale=reader_locale(centre))
    return format_date(local, "full", locale=reader_locale(centre))


def format_clock(moment: datetime, *, centre: Centre) -> str:
    """Return the clock at the centre, such as 9:30am.

    Seconds are left out: a deadline told ends a little before the one that is kept.
    """
    local = moment.astimezone(centre.zone)
    if _language().startswith("en"):
        half = "am" if local.hour < 12 else "pm"
        return f"{local.hour % 12 or 12}:{local.minute:02}{half}"
    return format_time(local, "short", locale=reader_locale(centre))


def format_moment(moment: datetime, *, centre: Centre) -> str:
    """Return day and clock at the centre, such as Thursday 3 December 2026 at 9:30am."""
    return _("%(day)s at %(clock)s") % {
        "day": format_day(moment, centre=centre),
        "clock": format_clock(moment, centre=centre),
    }


def format_held_until(moment: datetime, *, centre: Centre, now: datetime) -> str:
    """Return the clock alone for a moment of the same day, day and clock otherwise."""
    same_day = moment.astimezone(centre.zone).date() == now.astimezone(centre.zone).date()
    return format_clock(moment, centre=centre) if same_day else format_moment(moment, centre=centre)


def format_short(moment: datetime, *, centre: Centre) -> str:
    """Return the day at the centre for narrow places, such as 2 Dec."""
    local = moment.astimezone(centre.zone)
    return format_skeleton("MMMd", local, locale=reader_locale(centre))


def format_leaf(moment: datetime, *, centre: Centre) -> tuple[str, str, str]:
    """Return weekday, day and month at the centre, short, as on a leaf of a calendar: Thu, 3, Dec."""
    local, locale = moment.astimezone(centre.zone), reader_locale(centre)
    # Not the stand-alone "ccc" and "LLL": Babel gives Hindi readers the Chinese month once somebody read in Chinese.
    weekday, month = (format_date(local, pattern, locale=locale) for pattern in ("EEE", "MMM"))
    return weekday, format_date(local, "d", locale=locale), month


def format_with_zone(moment: datetime, *, centre: Centre) -> str:
    """Return a moment with its time zone, for what is kept and shown elsewhere."""
    about = {"when": format_moment(moment, centre=centre), "zone": zone_name(moment, centre=centre)}
    return _("%(when)s (%(zone)s)") % about


def zone_name(moment: datetime, *, centre: Centre) -> str:
    """Return the name of the centre's time zone at that moment, such as Greenwich Mean Time or India Time."""
    name = get_timezone_name(moment.astimezone(centre.zone), locale=reader_locale(centre))
    if not re.fullmatch(r"GMT[+-][\d:]+", name):
        return name
    # Babel has no name for the moment, only for the zone; any word is better than an offset.
    return get_timezone_name(centre.zone, locale=reader_locale(centre))


def _language() -> str:
    return get_language() or "en"


def reader_locale(centre: Centre) -> str:
    """Return the reader's language with the centre's region as Babel names it, such as en_IN: ₹1,25,000.50.

    A region that the language has no habits for falls away: Chinese in India writes ₹125,000.50.
    """
    language = to_locale(_language())
    region = centre.locale.partition("_")[2]
    for name in (f"{language}_{region}" if region else centre.locale, language, "en"):
        try:
            return str(Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    return "en"
