"""What the pages about how a refund is paid show. Never an account in full."""

from typing import Any

from django.utils.translation import gettext as _

from appointments.models import Appointment
from appointments.portal.payout_visit import Visit
from appointments.portal.presenters.common import money
from appointments.wording.explain import way_back_words
from appointments.wording.formats import format_moment
from refunds.bank import queries as bank_queries
from refunds.models import HoldReason, RefundPayee, RefundStatus, Way


def contact(appointment: Appointment) -> dict[str, Any]:
    """Return whom to call, and nothing about anybody."""
    centre = appointment.centre
    return {"contact_name": centre.name, "contact_phone": centre.finance_phone or centre.phone}


def about(visit: Visit) -> dict[str, Any]:
    """Return what every page after the second step shows."""
    return contact(visit.appointment) | {
        "appointment": visit.appointment,
        "patient": visit.appointment.chain.patient.name,
        "amount": money(visit.refund.amount, visit.appointment),
        "payee": _payee(visit),
    }


def has_account(visit: Visit) -> bool:
    """Tell whether the patient has said where a transfer goes that is still to be made."""
    return visit.refund.status != RefundStatus.FAILED and _payee(visit) is not None


def done_page(visit: Visit) -> dict[str, Any]:
    """Return where the refund stands, with the account masked."""
    refund, payee = visit.refund, _payee(visit)
    held = payee.holds_until if payee and not hasattr(payee, "release") else None
    return about(visit) | {
        "way": way_back_words(refund.way),
        "is_completed": refund.status == RefundStatus.COMPLETED,
        "has_failed": refund.status == RefundStatus.FAILED,
        "in_cash": refund.way == Way.CASH,
        "by_bank": refund.way == Way.BANK_TRANSFER,
        "holds_until": format_moment(held, centre=visit.appointment.centre) if held else "",
        "why_it_waits": _why_it_waits(payee) if payee and held else "",
    }


def _why_it_waits(payee: RefundPayee) -> str:
    if payee.hold_reason == HoldReason.CONTACT:
        return _("Your e-mail address, phone number or account was changed a short while ago.")
    return _("You changed the account.")


def _payee(visit: Visit) -> RefundPayee | None:
    return bank_queries.payee_of(refund=visit.refund)
