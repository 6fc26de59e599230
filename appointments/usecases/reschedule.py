"""Move an appointment to another slot. What is owed is paid first; until then the old one stands."""

from dataclasses import dataclass
from datetime import datetime

from appointments import queries, record
from appointments.actor import Actor
from appointments.errors import NotAllowedError, QuoteChangedError, WrongStatusError
from appointments.locks import LockedChain, lock_chain
from appointments.models import Appointment, EventKind, MessageKind, Slot
from appointments.overrides.worth import refuse_one_person, worth_of_moving
from appointments.quoting import held_reschedule_offer, move_as_owed, offer_reschedule, reschedule_request
from appointments.reasons import Reason, check_reason
from appointments.transactions import in_one_transaction
from appointments.usecases.cancel import end_waiting_replacement, is_given_up, release_slot
from appointments.usecases.expire import free_run_out_hold
from appointments.usecases.money import give_back
from appointments.usecases.outside import hold_what_is_left
from policies.queries import terms_of, timings_of
from policies.rules.facts import RESCHEDULABLE, RescheduleRequest, Status
from policies.rules.quote import RescheduleQuote
from policies.rules.records import reschedule_from_record, to_record


@dataclass(frozen=True, slots=True)
class Reschedule:
    """What was done. `appointment` is the new one: a draft while `is_waiting_for_payment`."""

    appointment: Appointment
    quote: RescheduleQuote
    repeated: bool = False

    @property
    def is_waiting_for_payment(self) -> bool:
        """Tell whether the old appointment still stands until `quote.due` is paid."""
        return self.appointment.holds_a_move


def reschedule_appointment(
    *,
    appointment_id: int,
    slot_id: int,
    actor: Actor,
    now: datetime,
    reason: Reason | None = None,
    quote_token: str | None = None,
    for_hospital: bool = False,
    override: bool = False,
) -> Reschedule:
    """Move to a slot at once or, where something is owed, hold it with a draft until that is paid.

    Tokens work as for a cancellation; repeating the deed returns the first result. Raises QuoteChangedError,
    NotAllowedError, ReasonMissingError, ReasonUnknownError, NotPermittedError, SecondPersonNeededError or
    Slot.DoesNotExist; nothing has changed then.
    """
    request = reschedule_request(actor=actor, for_hospital=for_hospital, override=override)
    free_run_out_hold(slot_id=slot_id, now=now)
    return _reschedule(
        appointment_id=appointment_id,
        slot_id=slot_id,
        actor=actor,
        now=now,
        reason=reason or Reason(),
        token=quote_token,
        request=request,
    )


@in_one_transaction
def _reschedule(
    *,
    appointment_id: int,
    slot_id: int,
    actor: Actor,
    now: datetime,
    reason: Reason,
    token: str | None,
    request: RescheduleRequest,
) -> Reschedule:
    locked = lock_chain(appointment_id=appointment_id, also_slots=[slot_id])
    slot = locked.slots[slot_id]
    if slot.doctor.centre_id != locked.chain.channel.centre_id:
        raise Slot.DoesNotExist
    request = move_as_owed(request, appointment=locked.appointment)
    earlier = _done_before(locked, slot, request, actor)
    if earlier:
        return earlier
    quote = _decide(locked.appointment, slot, actor, request, token=token, now=now)
    required = actor.kind in terms_of(locked.chain.terms).cancellation.reason_required or request.override
    checked = check_reason(reason, actor=actor, required=required)
    if request.override and not request.is_hospital_initiated:
        worth = worth_of_moving(locked.appointment, slot=slot, now=now)
        refuse_one_person(worth, appointment=locked.appointment, actor=actor)
    draft = carry_out_move(
        locked, slot, actor=actor, now=now, reason=checked, quote=quote, for_hospital=request.is_hospital_initiated
    )
    return Reschedule(draft, quote)


def carry_out_move(
    locked: LockedChain,
    slot: Slot,
    *,
    actor: Actor,
    now: datetime,
    reason: Reason,
    quote: RescheduleQuote,
    for_hospital: bool,
) -> Appointment:
    """Do what an allowed quote says, under lock: hold the slot, and move at once where nothing is owed.

    Returns the new appointment, a draft while something is.
    """
    if locked.replacement:
        end_waiting_replacement(locked, actor=actor, now=now)
    pending = {
        "quote": to_record(quote),
        "reason": [reason.code, reason.text],
        "for_hospital": for_hospital,
    }
    draft = record.open_draft(
        chain=locked.chain,
        slot=slot,
        # Nobody pays for a move once either time has begun.
        hold_expires_at=min(
            now + timings_of(locked.chain.terms).draft_hold, slot.starts_at, locked.appointment.slot.starts_at
        ),
        actor=actor,
        now=now,
        replaces=locked.appointment,
        quote=quote,
        pending_move=pending,
    )
    if not quote.due:
        complete_move(locked, draft, actor=actor, now=now)
    return draft


def complete_move(locked: LockedChain, draft: Appointment, *, actor: Actor, now: datetime) -> None:
    """Do what the draft's stored quote says, under lock: the old one ends, the new one stands, money comes back.

    Raises WrongStatusError if the old one can no longer be moved.
    """
    old = locked.appointment
    if old.status not in RESCHEDULABLE or not draft.pending_move:
        raise WrongStatusError(f"reschedule from {old.status}")
    quote = reschedule_from_record(draft.pending_move["quote"])
    for_hospital = bool(draft.pending_move["for_hospital"])
    waits = old.status == Status.PENDING_APPROVAL or (draft.slot.doctor.requires_approval and not for_hospital)
    withdraw = is_given_up(old, actor=actor, for_hospital=for_hospital)
    event = record.move(
        appointment=old,
        kind=EventKind.RESCHEDULED,
        actor=actor,
        now=now,
        reason=Reason(*draft.pending_move["reason"]),
        quote=quote,
        for_hospital=for_hospital,
        tell=MessageKind.RESCHEDULED,
    )
    draft.pending_move = None
    draft.approval_due_at = now + timings_of(locked.chain.terms).approval_timeout if waits else None
    record.move(appointment=draft, kind=EventKind.SUBMITTED if waits else EventKind.CONFIRMED, actor=actor, now=now)
    chain = locked.chain
    # By how much, and never more than is left: while a move waits, the provider may have given money back by itself.
    chain.held = max(chain.held + quote.held_change, 0)
    chain.reschedules, chain.percent_cap = quote.reschedules, quote.percent_cap
    chain.save(update_fields=["held", "reschedules", "percent_cap"])
    give_back(quote.allocations, chain=chain, cause=f"move:{event.pk}", actor=actor, now=now)
    hold_what_is_left(chain)
    release_slot(locked, old, event=event, now=now, withdraw=withdraw)


def _done_before(locked: LockedChain, slot: Slot, request: RescheduleRequest, actor: Actor) -> Reschedule | None:
    """Return what an earlier try did: a double click or a second tab gets the same answer.

    The hospital's own move is another deed than the patient's that waits for payment, and so is another partner's.
    """
    pending = locked.replacement.pending_move if locked.replacement else None
    if locked.replacement and pending and locked.replacement.slot_id == slot.pk:
        held = locked.replacement.events.get(kind=EventKind.HELD)
        same_side = pending["for_hospital"] == request.is_hospital_initiated
        same_side = same_side and held.actor_partner_id == actor.partner_id
        quote = reschedule_from_record(pending["quote"])
        return Reschedule(locked.replacement, quote, repeated=True) if same_side else None
    successor = queries.successor(locked.appointment)
    if successor is None or successor.slot_id != slot.pk:
        return None
    event = locked.appointment.events.get(kind=EventKind.RESCHEDULED)
    if event.actor_partner_id != actor.partner_id:
        return None
    return Reschedule(successor, reschedule_from_record(event.quote or {}), repeated=True)


def _decide(
    appointment: Appointment,
    slot: Slot,
    actor: Actor,
    request: RescheduleRequest,
    *,
    token: str | None,
    now: datetime,
) -> RescheduleQuote:
    """Return the allowed quote that counts: the one held by the token, or without a token the one of now."""
    if token is not None:
        held = held_reschedule_offer(
            appointment=appointment, slot=slot, actor=actor, request=request, token=token, now=now
        )
        if held:
            return held.quote
    offer = offer_reschedule(appointment=appointment, slot=slot, actor=actor, request=request, now=now)
    if not offer.quote.allowed:
        raise NotAllowedError(offer.quote)
    if token is not None:
        raise QuoteChangedError(offer)
    return offer.quote
