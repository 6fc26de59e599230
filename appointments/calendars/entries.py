"""One chain of appointments as a calendar shows it: always under the same UID, wherever it was moved.

Calendars are shared and copied, so an entry names the centre and neither doctor nor specialty nor patient.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments.calendars.plain import plain
from appointments.models import Appointment


class EntryStatus(StrEnum):
    """How sure it is, in the words of RFC 5545."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar is told. Texts are plain lines; `description` may have several. Times are on the centre's clock."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone_name: str
    status: EntryStatus
    summary: str
    description: str
    location: str
    url: str
    organizer: str


def entry_for_patient(appointment: Appointment, *, changed_at: datetime) -> Entry:
    """Return the entry in the patient's calendar, in the language in force. `changed_at`: the last change it shows."""
    centre = appointment.centre
    url = settings.SITE_URL + reverse("portal:appointment", args=[appointment.reference])
    lines = [
        _("Reference: %(reference)s") % {"reference": appointment.reference},
        _("Phone: %(phone)s") % {"phone": plain(centre.phone)},
        _("To see, change or cancel your appointment: %(url)s") % {"url": url},
        _("Deleting or declining this entry does not cancel the appointment."),
    ]
    summary = _("Appointment at %(centre)s") % {"centre": plain(centre.name)}
    return _entry(appointment, changed_at, summary, "\n".join(lines), url)


def entry_for_doctor(appointment: Appointment, *, changed_at: datetime) -> Entry:
    """Return the entry in the doctor's calendar: the reference, and the patient only behind the link."""
    url = settings.SITE_URL + reverse("admin:appointments_appointment_change", args=[appointment.pk])
    summary = _("Appointment %(reference)s") % {"reference": appointment.reference}
    return _entry(appointment, changed_at, summary, url, url)


def status_of(appointment: Appointment) -> EntryStatus:
    """Return how sure an appointment is."""
    if appointment.status in (Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED):
        return EntryStatus.CANCELLED
    is_waiting = appointment.status in (Appointment.Status.DRAFT, Appointment.Status.PENDING_APPROVAL)
    return EntryStatus.TENTATIVE if is_waiting else EntryStatus.CONFIRMED


def _entry(appointment: Appointment, changed_at: datetime, summary: str, description: str, url: str) -> Entry:
    slot, centre = appointment.slot, appointment.centre
    return Entry(
        uid=str(appointment.chain_id),
        sequence=appointment.chain.calendar_sequence or 0,
        changed_at=changed_at,
        starts_at=slot.starts_at.astimezone(centre.zone),
        ends_at=slot.ends_at.astimezone(centre.zone),
        zone_name=centre.time_zone,
        status=status_of(appointment),
        summary=summary,
        description=description,
        location=plain(f"{centre.name}, {centre.address}" if centre.address else centre.name),
        url=url,
        organizer=plain(centre.name),
    )
