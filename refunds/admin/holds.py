"""A refund on hold, in words for the desk."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from refunds.bank import queries
from refunds.models import HoldReason, Refund, RefundPayee


def hold_in_words(*, refund: Refund, now: datetime) -> str:
    """Return why the refund waits, until when and what to do; who released it; or nothing where it never waited or the time is over."""
    payee = queries.payee_of(refund=refund)
    if payee is None or payee.holds_until is None:
        return ""
    if hasattr(payee, "release"):
        done = payee.release
        about = {"who": done.released_by, "when": _moment(done.released_at), "reason": done.reason}
        return _("Released by %(who)s on %(when)s: %(reason)s") % about
    if not queries.is_on_hold(payee=payee, now=now):
        return ""
    return " ".join([_until(payee), _what_to_do()])


def _until(payee: RefundPayee) -> str:
    until = _moment(payee.holds_until) if payee.holds_until else ""
    if payee.hold_reason == HoldReason.CONTACT:
        return _(
            "On hold until %(until)s: the patient’s contact details were changed, and the bank details came a short while after that."
        ) % {"until": until}
    return _("On hold until %(until)s: the bank details were changed.") % {"until": until}


def _what_to_do() -> str:
    return _(
        "Call the patient on a number that is known from before. If the details are right, somebody who neither changed the"
        " contact details nor asked for the refund can release it."
    )


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
