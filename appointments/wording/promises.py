"""By when money is promised to be back, in words, for each way it goes."""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from appointments.models import Centre
from appointments.promises import promise_for
from appointments.wording.formats import format_day
from policies.rules.money import RefundWay
from refunds.models import Refund


def promised_by(way: str, *, granted_at: datetime, centre: Centre) -> str:
    """Return the promise that would be made at this moment, as a sentence for the patient."""
    return promise_words(way, on=promise_for(way, granted_at=granted_at, centre=centre), centre=centre)


def promise_words(way: str, *, on: date | None, centre: Centre) -> str:
    """Return a promise as a sentence for the patient; `on` is its day, None where no day is promised."""
    if on:
        return _("By %(day)s at the latest") % {"day": day_words(on, centre=centre)}
    return {
        RefundWay.ORIGINAL: _("As soon as your bank shows it"),
        RefundWay.BANK_TRANSFER: _("As soon as your bank shows it"),
        RefundWay.CASH: _("As soon as you come to the cash desk; bring something that shows who you are"),
        RefundWay.CREDIT: _("At once"),
        RefundWay.INSURANCE_WINDOW: _("The clinic settles this with your insurer"),
    }[RefundWay(way)]


def decided_promise(way: str, *, promised: Mapping[RefundWay, date], at: datetime, centre: Centre) -> str:
    """Return the promise of a deed: the day stored with its refunds (`promises_of`), else the one of its moment."""
    stored = promised.get(RefundWay(way))
    if stored is None:
        return promised_by(way, granted_at=at, centre=centre)
    return promise_words(way, on=stored, centre=centre)


def promised_day(refund: Refund, *, centre: Centre) -> date | None:
    """Return the day stored with a refund, as long as it still goes a way that has one.

    Money that came too late goes back by itself, without a deed; its day is counted from the grant.
    """
    if refund.way not in (RefundWay.ORIGINAL, RefundWay.BANK_TRANSFER):
        return None
    return refund.promised_on or promise_for(refund.way, granted_at=refund.granted_at, centre=centre)


def promise_of(refund: Refund, *, centre: Centre) -> str:
    """Return the promise of a refund as a sentence for the patient."""
    return promise_words(refund.way, on=promised_day(refund, centre=centre), centre=centre)


def day_words(on: date, *, centre: Centre) -> str:
    """Return a day of the centre's calendar as people read it."""
    return format_day(datetime.combine(on, time(12), tzinfo=centre.zone), centre=centre)
