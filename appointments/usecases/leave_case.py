"""One appointment in an emergency leave: tell the patient, take their answer, or end it when none comes."""

from datetime import datetime

from appointments import record
from appointments.actor import Actor
from appointments.errors import DomainError, NotAllowedError, SlotTakenError
from appointments.facts import booking_facts, open_case, target_facts
from appointments.locks import LockedChain, lock_chain
from appointments.models import Appointment, CaseState, EventKind, LeaveCase
from appointments.queries import event_of, successor
from appointments.reasons import DOCTOR_AWAY, Reason
from appointments.transactions import in_one_transaction
from appointments.usecases.cancel import Cancellation, carry_out_cancellation, end_waiting_replacement
from appointments.usecases.reschedule import Reschedule, carry_out_move
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, CancellationRequest, RescheduleRequest
from policies.rules.records import reschedule_from_record
from policies.rules.rescheduling import quote_reschedule

SYSTEM = Actor.system("emergency leave")


class NothingToAnswerError(DomainError):
    """The patient is not asked anything (any more): answered, ended, or the time to answer is over."""

    code = "nothing_to_answer"


@in_one_transaction
def work_case(*, case_id: int, now: datetime) -> bool:
    """Do the first step of a case: ask the patient, or cancel where no other time is held or nothing is booked yet.

    Returns False where that was done before. An appointment that cannot be cancelled (any more) is left alone.
    """
    locked = lock_chain(appointment_id=LeaveCase.objects.values_list("appointment_id", flat=True).get(pk=case_id))
    appointment, case = locked.appointment, open_case(locked.appointment)
    if case is None or case.state != CaseState.PLANNED:
        return False
    if appointment.status not in Appointment.CANCELLABLE:
        case.state, case.ended_at = CaseState.LEFT, now
        case.save(update_fields=["state", "ended_at"])
        case.alternatives.update(is_held=False)
    elif appointment.status == Appointment.Status.DRAFT or not _can_choose(case, now=now):
        _cancel(locked, actor=SYSTEM, now=now)
    else:
        # A move of their own that waits for money would cost what is free from now on.
        end_waiting_replacement(locked, actor=SYSTEM, now=now)
        case.state, case.told_at = CaseState.OFFERED, now
        case.save(update_fields=["state", "told_at"])
        record.wait_for_answer(appointment=appointment, until=case.answer_by)
        record.note_doctor_away(appointment=appointment, actor=SYSTEM, now=now)
    return True


@in_one_transaction
def lapse_case(*, case_id: int, now: datetime) -> bool:
    """Cancel what nobody answered in time; everything goes back. Returns False if there is nothing to end (yet)."""
    locked = lock_chain(appointment_id=LeaveCase.objects.values_list("appointment_id", flat=True).get(pk=case_id))
    case = open_case(locked.appointment)
    if case is None or case.state != CaseState.OFFERED or case.answer_by > now:
        return False
    _cancel(locked, actor=SYSTEM, now=now)
    return True


@in_one_transaction
def take_time(*, appointment_id: int, slot_id: int, actor: Actor, now: datetime) -> Reschedule:
    """Move to one of the times held for this patient, free of fee and difference. A repeat returns the first result.

    Raises NothingToAnswerError, SlotTakenError for a time that is not held for them, NotAllowedError, Slot.DoesNotExist.
    """
    locked = lock_chain(appointment_id=appointment_id, also_slots=[slot_id])
    appointment, slot = locked.appointment, locked.slots[slot_id]
    earlier = successor(appointment)
    if earlier is not None and earlier.slot_id == slot_id:
        event = event_of(appointment, EventKind.RESCHEDULED)
        quote = reschedule_from_record(event.quote or {}) if event else None
        assert quote is not None
        return Reschedule(earlier, quote, repeated=True)
    case = _answerable(locked, now=now)
    if not case.alternatives.filter(slot=slot, is_held=True, held_until__gt=now).exists():
        raise SlotTakenError
    quote = quote_reschedule(
        terms_of(locked.chain.terms),
        booking_facts(appointment),
        target_facts(slot, appointment=appointment, now=now),
        RescheduleRequest(ActorKind.SYSTEM),
        now,
    )
    if not quote.allowed:
        raise NotAllowedError(quote)
    new = carry_out_move(locked, slot, actor=actor, now=now, reason=Reason(DOCTOR_AWAY), quote=quote, for_hospital=True)
    return Reschedule(new, quote)


@in_one_transaction
def take_money(*, appointment_id: int, actor: Actor, now: datetime) -> Cancellation:
    """Cancel for the patient, everything goes back. A repeat returns the first result. Raises NothingToAnswerError."""
    locked = lock_chain(appointment_id=appointment_id)
    if locked.appointment.status == Appointment.Status.CANCELLED:
        event = event_of(locked.appointment, EventKind.CANCELLED)
        assert event is not None
        return Cancellation(locked.appointment, event, repeated=True)
    _answerable(locked, now=now)
    _cancel(locked, actor=actor, now=now)
    event = event_of(locked.appointment, EventKind.CANCELLED)
    assert event is not None
    return Cancellation(locked.appointment, event)


def _answerable(locked: LockedChain, *, now: datetime) -> LeaveCase:
    case = open_case(locked.appointment)
    if case is None or case.answer_by <= now:
        raise NothingToAnswerError
    return case


def _can_choose(case: LeaveCase, *, now: datetime) -> bool:
    return case.alternatives.filter(is_held=True, held_until__gt=now).exists()


def _cancel(locked: LockedChain, *, actor: Actor, now: datetime) -> None:
    """Cancel as the hospital's doing: everything the patient paid goes back."""
    quote = quote_cancellation(
        terms_of(locked.chain.terms), booking_facts(locked.appointment), CancellationRequest(ActorKind.SYSTEM), now
    )
    if not quote.allowed:
        raise NotAllowedError(quote)
    carry_out_cancellation(locked, actor=actor, now=now, reason=Reason(DOCTOR_AWAY), quote=quote, for_hospital=True)
