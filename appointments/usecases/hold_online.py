"""Hold a time on the clinic's own pages, keep it a little longer once, or let it go."""

from dataclasses import dataclass
from datetime import datetime

from appointments import bookable, queries, record
from appointments.actor import Actor
from appointments.errors import NotHeldLongerError, SlotTakenError, TooManyHoldsError, WrongStatusError
from appointments.facts import booking_facts, is_run_out
from appointments.locks import lock_account, lock_chain, lock_slots
from appointments.models import Appointment, Channel, EventKind, Patient
from appointments.reasons import Reason
from appointments.transactions import in_one_transaction
from appointments.usecases.book import settle_draft
from appointments.usecases.cancel import carry_out_cancellation
from appointments.usecases.expire import free_run_out_hold
from appointments.usecases.hold import Shown, hold_locked
from policies.queries import terms_of, timings_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import CancellationRequest

#: How many times an account may hold at once: enough for a parent with two children, too few to empty a doctor's day.
MOST_OPEN_HOLDS = 3
VISIT_REASON_LIMIT = 200


@dataclass(frozen=True, slots=True)
class OnlineHold:
    """What stands now: a draft, or the booking itself where nothing is to pay. `repeated` tells that it stood before."""

    appointment: Appointment
    repeated: bool = False


def hold_online(
    *, slot_id: int, patient_id: int, actor: Actor, now: datetime, shown: Shown, visit_reason: str = ""
) -> OnlineHold:
    """Hold a free time through the centre's website for a patient, by the price and terms `shown`; a free one is booked at once.

    Asked twice, it returns what stands already. Raises SlotTakenError, TermsChangedError, TooManyHoldsError,
    CarerRightEndedError, or DoesNotExist for a slot, patient, account or website that is not there.
    """
    free_run_out_hold(slot_id=slot_id, now=now)
    return _hold_online(
        slot_id=slot_id, patient_id=patient_id, actor=actor, now=now, shown=shown, visit_reason=visit_reason
    )


@in_one_transaction
def _hold_online(
    *, slot_id: int, patient_id: int, actor: Actor, now: datetime, shown: Shown, visit_reason: str
) -> OnlineHold:
    # Two tabs of one account come one after the other: only so is the number of holds a limit.
    user = lock_account(user_id=actor.user_id or 0)
    slot = lock_slots(slot_ids=[slot_id])[slot_id]
    earlier = bookable.own_in_slot(slot, patient_id=patient_id, now=now)
    if earlier and earlier.replaces_id is None:
        return OnlineHold(earlier, repeated=True)
    if earlier:
        raise SlotTakenError  # held by this patient's own move, which is paid or given up on its own page
    if bookable.open_holds(user, now=now).count() >= MOST_OPEN_HOLDS:
        raise TooManyHoldsError
    draft = hold_locked(
        slot=slot,
        patient=Patient.objects.get(pk=patient_id),
        channel=Channel.objects.get(centre_id=slot.doctor.centre_id, is_website=True),
        actor=actor,
        now=now,
        shown=shown,
        visit_reason=_tidy(visit_reason),
    )
    if not slot.price:
        settle_draft(lock_chain(appointment_id=draft.pk), actor=actor, now=now)
    return OnlineHold(queries.with_everything(Appointment.objects.filter(pk=draft.pk)).get())


@in_one_transaction
def extend_hold(*, appointment_id: int, actor: Actor, now: datetime) -> Appointment:
    """Hold a draft once more as long as the terms say, never beyond a start; the second time is refused.

    Raises WrongStatusError for what is not held any more, NotHeldLongerError where it cannot be made longer.
    """
    draft = lock_chain(appointment_id=appointment_id).appointment
    if draft.status != Appointment.Status.DRAFT or is_run_out(draft, now=now):
        raise WrongStatusError("extend")
    until = longer_hold(draft)
    if until is None:
        raise NotHeldLongerError
    record.hold_longer(appointment=draft, until=until, actor=actor, now=now)
    return draft


def longer_hold(draft: Appointment) -> datetime | None:
    """Return until when a hold could be made longer, None where it was already or the start leaves no time to. Reads only."""
    if draft.hold_expires_at is None or draft.events.filter(kind=EventKind.EXTENDED).exists():
        return None
    # Nobody pays once either time has begun.
    starts = [draft.slot.starts_at, *([draft.replaces.slot.starts_at] if draft.replaces else [])]
    until = min(draft.hold_expires_at + timings_of(draft.chain.terms).draft_hold, *starts)
    return until if until > draft.hold_expires_at else None


@in_one_transaction
def let_go(*, appointment_id: int, actor: Actor, now: datetime) -> bool:
    """End the hold of a first booking that its patient does not want any more; what credit paid of it goes back whole.

    Returns False if it is no such draft, or was paid: then it is being booked. A payment that arrives later goes back by itself.
    """
    locked = lock_chain(appointment_id=appointment_id)
    draft = locked.appointment
    is_first = draft.status == Appointment.Status.DRAFT and draft.replaces_id is None
    if not is_first or queries.has_payment_to_apply(draft):
        return False
    quote = quote_cancellation(terms_of(locked.chain.terms), booking_facts(draft), CancellationRequest(actor.kind), now)
    if not quote.allowed:
        return False
    carry_out_cancellation(locked, actor=actor, now=now, reason=Reason(), quote=quote, for_hospital=False)
    return True


def _tidy(text: str) -> str:
    return text.replace("\x00", "").strip()[:VISIT_REASON_LIMIT]
