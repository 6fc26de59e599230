"""An event (or a refund's news) → the mail that tells of it. Worded from what was stored, never from what is true later."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from appointments import queries
from appointments.models import Appointment, MessageKind, OutboxMessage
from appointments.wording.explain import explain_lines, explain_ways, way_back_words
from appointments.wording.formats import format_moment, format_money, zone_name
from policies.rules.money import Allocation, RefundWay
from policies.rules.records import lines_from_record
from refunds.models import Refund


@dataclass(frozen=True, slots=True)
class Mail:
    """A worded mail."""

    subject: str
    text: str


def word_message(message: OutboxMessage) -> Mail:
    """Return the mail for an outbox row, in the patient's language. Reads rows, sends nothing."""
    with override(message.patient.language):
        appointment = message.event.appointment
        context = _context(message, appointment)
        text = render_to_string(f"mail/{message.kind}.txt", context).strip() + "\n"
        return Mail(_subject(message, appointment), text)


def _subject(message: OutboxMessage, appointment: Appointment) -> str:
    """Return the subject: centre and reference, never doctor or specialty."""
    pattern = {
        MessageKind.BOOKED: _("Appointment booked at %(centre)s – %(reference)s"),
        MessageKind.SUBMITTED: _("Waiting for approval at %(centre)s – %(reference)s"),
        MessageKind.CANCELLED: _("Appointment cancelled at %(centre)s – %(reference)s"),
        MessageKind.RESCHEDULED: _("Appointment changed at %(centre)s – %(reference)s"),
        MessageKind.REFUND_COMPLETED: _("Your refund from %(centre)s – %(reference)s"),
        MessageKind.REFUND_FAILED: _("Your refund from %(centre)s is delayed – %(reference)s"),
    }[MessageKind(message.kind)]
    return pattern % {"centre": appointment.centre.name, "reference": appointment.reference}


def _context(message: OutboxMessage, appointment: Appointment) -> dict[str, Any]:
    centre, chain = appointment.centre, appointment.chain
    context: dict[str, Any] = {
        "appointment": appointment,
        "patient": chain.patient,
        "doctor": appointment.slot.doctor,
        "centre": centre,
        "when": format_moment(appointment.slot.starts_at, centre=centre),
        "zone": zone_name(appointment.slot.starts_at, centre=centre),
        "event": message.event,
        "terms": chain.terms,
        "link": settings.SITE_URL + reverse("portal:appointment", args=[appointment.reference]),
    }
    quote = message.event.quote
    if quote:
        parts = [Allocation(part["payment"], part["amount"], RefundWay(part["way"])) for part in quote["allocations"]]
        context["rows"] = explain_lines(lines_from_record(quote), currency=chain.currency, centre=centre)
        context["ways"] = explain_ways(parts, currency=chain.currency, centre=centre)
    successor = queries.successor(appointment)
    if successor:
        context["successor"] = successor
        context["successor_when"] = format_moment(successor.slot.starts_at, centre=centre)
    refund = Refund.objects.filter(pk=message.refund).first() if message.refund else None
    if refund:
        context["refund"] = refund
        context["refund_amount"] = format_money(refund.amount, currency=refund.currency, centre=centre)
        context["refund_way"] = way_back_words(refund.way)
    return context
