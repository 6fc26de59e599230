"""What a stranger is told about a certificate: that it is genuine, the date, the amount, and where the refund stands."""

from typing import Any

from django.utils.translation import gettext as _

from appointments.certificates.issue import centre_then
from appointments.certificates.queries import refunds_of
from appointments.models import Centre, Certificate
from appointments.portal.presenters.common import SummaryRow
from appointments.wording.formats import format_day, format_money
from refunds.models import Refund, RefundStatus


def verified_page(certificate: Certificate) -> dict[str, Any]:
    """Return what the page shows. No name, no reference, no doctor and no clinic are among it."""
    centre, currency = centre_then(certificate), certificate.facts["currency"]
    amount = int((certificate.event.quote or {"refund": 0})["refund"])
    rows = [
        SummaryRow(_("Certificate number"), certificate.number, "", "ref"),
        SummaryRow(_("Cancelled on"), format_day(certificate.event.at, centre=centre)),
        SummaryRow(_("Refund"), format_money(amount, currency=currency, centre=centre), "", "total"),
    ]
    refunds = refunds_of(certificate)
    parts = [_part(refund, centre, several=len(refunds) > 1) for refund in refunds]
    return {"rows": rows + parts}


def _part(refund: Refund, centre: Centre, *, several: bool) -> SummaryRow:
    words = {
        RefundStatus.PENDING: _("Approved, not sent yet"),
        RefundStatus.PROCESSING: _("On its way"),
        RefundStatus.COMPLETED: _("Refunded"),
        RefundStatus.FAILED: _("Delayed: the clinic finds another way to pay it"),
    }[RefundStatus(refund.status)]
    settled = format_day(refund.settled_at, centre=centre) if refund.settled_at else ""
    amount = format_money(refund.amount, currency=refund.currency, centre=centre)
    label = _("State of %(amount)s") % {"amount": amount} if several else _("State today")
    return SummaryRow(label, words, settled)
