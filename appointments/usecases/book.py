"""Book a paid draft, and approve what waits for approval."""

from datetime import datetime

from appointments import record
from appointments.actor import Actor
from appointments.errors import WrongStatusError
from appointments.facts import booking_facts
from appointments.locks import LockedChain, lock_chain
from appointments.models import Appointment, AppointmentEvent, EventKind, MessageKind
from appointments.transactions import in_one_transaction
from policies.queries import timings_of


def settle_draft(locked: LockedChain, *, actor: Actor, now: datetime) -> bool:
    """Confirm a first booking once its price is paid, or send it for approval where the doctor wants that.

    Returns whether that was done; under lock.
    """
    draft = locked.appointment
    booking = booking_facts(draft)
    if booking.held + booking.left_of_insurer < draft.slot.price:
        return False
    # The cooling-off period starts when the booking is made, not when the slot was first held.
    locked.chain.booked_at = now
    locked.chain.save(update_fields=["booked_at"])
    if draft.slot.doctor.requires_approval:
        draft.approval_due_at = now + timings_of(locked.chain.terms).approval_timeout
        record.move(appointment=draft, kind=EventKind.SUBMITTED, actor=actor, now=now, tell=MessageKind.SUBMITTED)
    else:
        record.move(appointment=draft, kind=EventKind.CONFIRMED, actor=actor, now=now, tell=MessageKind.BOOKED)
    return True


@in_one_transaction
def book_unpaid(*, appointment_id: int, actor: Actor, now: datetime) -> Appointment:
    """Book a draft that costs nothing. Raises WrongStatusError if something is still to be paid or it is no draft."""
    locked = lock_chain(appointment_id=appointment_id)
    if locked.appointment.status != Appointment.Status.DRAFT or not settle_draft(locked, actor=actor, now=now):
        raise WrongStatusError("book")
    return locked.appointment


@in_one_transaction
def approve_appointment(*, appointment_id: int, actor: Actor, now: datetime) -> AppointmentEvent:
    """Approve; from now on it stands. Raises WrongStatusError unless it waits for approval."""
    appointment = lock_chain(appointment_id=appointment_id).appointment
    if appointment.status != Appointment.Status.PENDING_APPROVAL:
        raise WrongStatusError("approve")
    return record.move(appointment=appointment, kind=EventKind.CONFIRMED, actor=actor, now=now, tell=MessageKind.BOOKED)
