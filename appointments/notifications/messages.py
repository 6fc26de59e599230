"""An event (or a refund's news) → the mail that tells of it. Worded from what was stored, never from what is true later."""

import re
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi, override
from django.utils.translation import gettext as _

from appointments.languages import language_of
from appointments.manage.codes import CODE_PLACE
from appointments.models import Appointment, MessageKind, OutboxMessage
from appointments.notifications.blocks import blocks_of, plain
from appointments.notifications.contents import contents_of
from appointments.notifications.invitations import Invitation, invitation_of


@dataclass(frozen=True, slots=True)
class Mail:
    """A worded mail, its HTML part made of the same lines, with what a calendar is told where it has something to change."""

    subject: str
    text: str
    html: str
    invitation: Invitation | None = None


def word_message(message: OutboxMessage) -> Mail:
    """Return the mail for an outbox row, in the patient's language. Reads rows, sends nothing."""
    with override(language_of(message.patient)):
        appointment = message.event.appointment
        marked = _tidy(render_to_string(f"mail/{message.kind}.txt", contents_of(message)))
        subject = _subject(message, appointment)
        html = _in_html(subject, marked, centre=appointment.centre.name)
        return Mail(subject, plain(marked), html, invitation_of(message))


def _in_html(subject: str, marked: str, *, centre: str) -> str:
    """Return the same lines as a page of their own."""
    blocks = blocks_of(marked)
    links = [line.text for block in blocks for line in block.lines if block.kind == "link"]
    page = {
        "subject": subject,
        "centre": centre,
        "blocks": blocks,
        "main_link": links[0] if links else "",
        "code_place": CODE_PLACE,
        "language": get_language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    lines = (line.strip() for line in render_to_string("mail/letter.html", page).splitlines())
    return "\n".join(filter(None, lines)) + "\n"


def _subject(message: OutboxMessage, appointment: Appointment) -> str:
    """Return the subject, on one line: centre and reference, never doctor or specialty."""
    pattern = {
        MessageKind.BOOKED: _("Appointment booked at %(centre)s – %(reference)s"),
        MessageKind.SUBMITTED: _("Waiting for approval at %(centre)s – %(reference)s"),
        MessageKind.CANCELLED: _("Appointment cancelled at %(centre)s – %(reference)s"),
        MessageKind.RESCHEDULED: _("Appointment changed at %(centre)s – %(reference)s"),
        MessageKind.REFUND_COMPLETED: _("Your refund from %(centre)s – %(reference)s"),
        MessageKind.REFUND_FAILED: _("Your refund from %(centre)s is delayed – %(reference)s"),
        MessageKind.REFUND_LATE: _("Your refund from %(centre)s is late – %(reference)s"),
        MessageKind.PAYOUT_ASKED: _("Where should your refund from %(centre)s go? – %(reference)s"),
        MessageKind.CONTACT_CHANGED: _("Your contact details at %(centre)s were changed – %(reference)s"),
        MessageKind.REMINDER_MONEY: _("Your refund at %(centre)s gets smaller soon – %(reference)s"),
        MessageKind.REMINDER_VISIT: _("Your appointment at %(centre)s – %(reference)s"),
        MessageKind.LATE_DECIDED: _("Your request to %(centre)s – %(reference)s"),
        MessageKind.PAYOUT_DETAILS: _("Bank details for your refund from %(centre)s – %(reference)s"),
        MessageKind.CARER_INVITED: _("Somebody asks you to act for them at %(centre)s"),
        MessageKind.CARER_STARTED: _("Acting for a patient of %(centre)s"),
        MessageKind.CARER_ENDED: _("No longer acting for a patient of %(centre)s"),
        MessageKind.WAITING_JOINED: _("You are on the waiting list of %(centre)s"),
        MessageKind.SLOT_OFFERED: _("A time has become free at %(centre)s"),
        MessageKind.OFFER_ENDED: _("The time offered by %(centre)s is no longer kept for you"),
        MessageKind.SECURITY_CODE: _("Your security code from %(centre)s"),
        MessageKind.DOCTOR_AWAY: _("Your appointment at %(centre)s cannot take place – %(reference)s"),
    }[MessageKind(message.kind)]
    return " ".join((pattern % {"centre": appointment.centre.name, "reference": appointment.reference}).split())


def _tidy(text: str) -> str:
    """Return the text without the gaps that template tags leave: no blanks at line ends, one empty line at most."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"
