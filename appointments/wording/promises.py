"""By when money is promised to be back, for each way it goes."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from appointments.models import Centre
from appointments.wording.formats import format_day
from policies.rules.money import RefundWay

#: Card providers send at once; banks need up to ten working days to show it.
_LENGTHS = {RefundWay.ORIGINAL: timedelta(days=14), RefundWay.BANK_TRANSFER: timedelta(days=14)}


def promised_on(way: str, *, granted_at: datetime, centre: Centre) -> str:
    """Return the day, in words, by which the money is promised to be back; empty where no day is promised."""
    length = _LENGTHS.get(RefundWay(way))
    return format_day(granted_at + length, centre=centre) if length else ""


def is_missed(way: str, *, granted_at: datetime, now: datetime) -> bool:
    """Tell whether the promised day is over, for money that is not back yet."""
    length = _LENGTHS.get(RefundWay(way))
    return length is not None and granted_at + length < now


def promised_by(way: str, *, granted_at: datetime, centre: Centre) -> str:
    """Return the promise as a sentence for the patient."""
    day = promised_on(way, granted_at=granted_at, centre=centre)
    if day:
        return _("By %(day)s at the latest") % {"day": day}
    return {
        RefundWay.CASH: _("As soon as you come to the cash desk; bring something that shows who you are"),
        RefundWay.CREDIT: _("At once"),
        RefundWay.INSURANCE_WINDOW: _("The clinic settles this with your insurer"),
    }[RefundWay(way)]
