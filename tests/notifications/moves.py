"""Moves for tests of mails."""

from datetime import datetime

from appointments.models import Appointment, Slot
from appointments.usecases.reschedule import reschedule_appointment
from tests.factories import fresh, patient_of


def move(appointment: Appointment, slot: Slot, *, now: datetime) -> Appointment:
    """Move for the patient, and return the new appointment: a draft while something is due."""
    moved = reschedule_appointment(
        appointment_id=appointment.pk, slot_id=slot.pk, actor=patient_of(appointment), now=now
    )
    return fresh(moved.appointment)
