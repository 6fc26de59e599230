"""What pages say about messages: how a patient is reached, what was sent, and what did not arrive."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from appointments import queries
from appointments.models import Appointment, MessagesBy, OutboxMessage, Patient
from appointments.portal.presenters.common import SummaryRow
from appointments.reach import lost_addresses, text_number
from appointments.wording.contacts import mask_address
from appointments.wording.formats import format_moment


def ways_of(patient: Patient) -> list[str]:
    """Return by what a patient can be reached, as far as there is an address for it."""
    ways = [MessagesBy.EMAIL] if patient.email else []
    if text_number(patient.phone):
        ways += [MessagesBy.SMS, *([MessagesBy.BOTH] if ways else [])]
    return [str(way) for way in ways]


def wishes_page(patient: Patient) -> dict[str, Any]:
    """Return the addresses on record, whole: whoever may act for the patient has to see what is wrong with one."""
    return {
        "addresses": [
            SummaryRow(_("E-mail address"), patient.email or _("none"), "", "ref"),
            SummaryRow(_("Phone number"), patient.phone or _("none"), "", "ref"),
        ],
        "lost": lost_addresses(patient),
        "has_no_number": bool(patient.phone) and not text_number(patient.phone),
    }


def lost_of(appointments: Iterable[Appointment]) -> list[str]:
    """Return the addresses, masked, at which nothing arrives for the patients of these appointments."""
    patients = {one.chain.patient_id: one.chain.patient for one in appointments}
    return [mask_address(address) for patient in patients.values() for address in lost_addresses(patient)]


def messages_of(appointment: Appointment) -> list[SummaryRow]:
    """Return what was sent about an appointment, where to and what became of it, oldest first."""
    return [_row(message, appointment) for message in queries.messages_about(appointment)]


def _row(message: OutboxMessage, appointment: Appointment) -> SummaryRow:
    about = {
        "way": message.get_way_display(),
        "address": mask_address(message.recipient) or _("nobody"),
        "state": message.get_state_display(),
    }
    at = format_moment(message.sent_at or message.created_at, centre=appointment.centre)
    return SummaryRow(at, message.get_kind_display(), _("%(way)s to %(address)s: %(state)s") % about)
