"""The day itself: the patient comes, is treated, or does not come."""

from datetime import datetime

from appointments import record
from appointments.actor import Actor
from appointments.errors import WrongStatusError
from appointments.facts import open_case
from appointments.locks import lock_chain
from appointments.models import AppointmentEvent, EventKind
from appointments.transactions import in_one_transaction
from appointments.usecases.cancel import end_waiting_replacement


@in_one_transaction
def check_in(*, appointment_id: int, actor: Actor, now: datetime) -> AppointmentEvent:
    """Note that the patient has come; a move that waits for payment ends with that. Raises WrongStatusError."""
    locked = lock_chain(appointment_id=appointment_id)
    event = record.move(appointment=locked.appointment, kind=EventKind.CHECKED_IN, actor=actor, now=now)
    end_waiting_replacement(locked, actor=actor, now=now)
    return event


@in_one_transaction
def complete_appointment(*, appointment_id: int, actor: Actor, now: datetime) -> AppointmentEvent:
    """Note that the consultation took place. Raises WrongStatusError unless the patient was checked in."""
    locked = lock_chain(appointment_id=appointment_id)
    return record.move(appointment=locked.appointment, kind=EventKind.COMPLETED, actor=actor, now=now)


@in_one_transaction
def mark_no_show(*, appointment_id: int, actor: Actor, now: datetime) -> AppointmentEvent:
    """Note that the patient did not come. Raises WrongStatusError before the start, unless it was confirmed, and where the doctor was away."""
    locked = lock_chain(appointment_id=appointment_id)
    if now < locked.appointment.slot.starts_at:
        raise WrongStatusError("no_show before the start")
    if open_case(locked.appointment):
        raise WrongStatusError("no_show of a patient whose doctor is away")
    event = record.move(appointment=locked.appointment, kind=EventKind.NO_SHOW, actor=actor, now=now)
    end_waiting_replacement(locked, actor=actor, now=now)
    return event
