"""What time ends by itself: holds that ran out, and approvals that nobody gave."""

from datetime import datetime

from appointments.actor import Actor
from appointments.facts import booking_facts, may_be_ended
from appointments.locks import LockedChain, lock_chain
from appointments.models import Appointment
from appointments.reasons import Reason
from appointments.transactions import in_one_transaction
from appointments.usecases.cancel import carry_out_cancellation
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import CancellationRequest


@in_one_transaction
def expire_draft(*, appointment_id: int, now: datetime) -> bool:
    """End a draft whose hold has run out; what was paid for it goes back whole. Returns False if there is nothing to end.

    The appointment that a move would have replaced is untouched, and so is its money. A draft that was paid in time is
    left to `apply_payment`.
    """
    locked = lock_chain(appointment_id=appointment_id)
    if not may_be_ended(locked.appointment, now=now):
        return False
    _end(locked, Actor.system("draft expiry"), "hold_ran_out", now=now)
    return True


@in_one_transaction
def time_out_approval(*, appointment_id: int, now: datetime) -> bool:
    """End an appointment that nobody approved in time; everything goes back. Returns False if there is nothing to end."""
    locked = lock_chain(appointment_id=appointment_id)
    appointment = locked.appointment
    is_waiting = appointment.status == Appointment.Status.PENDING_APPROVAL
    if not is_waiting or appointment.approval_due_at is None or appointment.approval_due_at > now:
        return False
    _end(locked, Actor.system("approval timeout"), "approval_timed_out", now=now)
    return True


def free_run_out_hold(*, slot_id: int, now: datetime) -> None:
    """End the run-out draft that still sits in a slot somebody wants, without waiting for the task."""
    draft = (
        Appointment.objects.filter(slot_id=slot_id, status=Appointment.Status.DRAFT, hold_expires_at__lte=now)
        .values_list("pk", flat=True)
        .first()
    )
    if draft is not None:
        expire_draft(appointment_id=draft, now=now)


def _end(locked: LockedChain, actor: Actor, reason: str, *, now: datetime) -> None:
    request = CancellationRequest(actor.kind)
    quote = quote_cancellation(terms_of(locked.chain.terms), booking_facts(locked.appointment), request, now)
    carry_out_cancellation(locked, actor=actor, now=now, reason=Reason(reason), quote=quote, for_hospital=True)
