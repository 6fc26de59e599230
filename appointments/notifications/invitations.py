"""The calendar's part of a mail: put the appointment in, change it, or take it out."""

from dataclasses import dataclass

from appointments.calendars.documents import Method, invitation
from appointments.calendars.entries import entry_for_patient
from appointments.models import MessageKind, OutboxMessage
from appointments.queries import successor

_TOLD = (MessageKind.BOOKED, MessageKind.SUBMITTED, MessageKind.RESCHEDULED, MessageKind.CANCELLED)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a mail tells a calendar, as iCalendar text."""

    method: Method
    text: str


def invitation_of(message: OutboxMessage) -> Invitation | None:
    """Return what a mail tells the recipient's calendar, in the language in force, or None.

    A mail that is late, after another change, tells it nothing: that change has a mail of its own, and a program that
    has forgotten what it removed would put it back.
    """
    event, appointment = message.event, message.event.appointment
    if message.kind not in _TOLD or event.calendar_sequence is None:
        return None
    if event.calendar_sequence != appointment.chain.calendar_sequence:
        return None
    current = successor(appointment) if message.kind == MessageKind.RESCHEDULED else appointment
    if current is None:
        return None
    entry = entry_for_patient(current, changed_at=event.at)
    return Invitation(*invitation(entry, name=message.patient.name, email=message.recipient))
