"""Cancel an appointment: the state, the refund and the slot in one commit."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from appointments import record
from appointments.actor import Actor
from appointments.certificates.issue import issue_certificate
from appointments.errors import NotAllowedError, QuoteChangedError, ReasonMissingError
from appointments.facts import booking_facts
from appointments.locks import LockedChain, lock_chain
from appointments.models import Appointment, AppointmentEvent, EventKind, MessageKind
from appointments.overrides.worth import refuse_one_person, worth_of_cancelling
from appointments.quoting import cancellation_request, held_cancellation_offer, offer_cancellation, request_as_owed
from appointments.reasons import Reason, check_reason
from appointments.transactions import in_one_transaction
from appointments.usecases.money import give_back
from appointments.waiting.closing import keep_for_list
from appointments.waiting.line import somebody_waits_for
from appointments.webhooks_out.news import note_release
from policies.queries import terms_of, timings_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, CancellationRequest, Status
from policies.rules.quote import CancellationQuote


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What was done. `repeated` tells that it had been done before and nothing was done again."""

    appointment: Appointment
    event: AppointmentEvent
    repeated: bool = False


@in_one_transaction
def cancel_appointment(
    *,
    appointment_id: int,
    actor: Actor,
    now: datetime,
    reason: Reason | None = None,
    quote_token: str | None = None,
    for_hospital: bool = False,
    override_percent: Decimal | None = None,
) -> Cancellation:
    """Cancel and give back what the quote says.

    With a good token the figure quoted then is honoured, even when a boundary has passed since; without one the quote of
    now counts. Repeating the deed of the same actor returns the first result. Raises QuoteChangedError (with the offer
    that holds now), NotAllowedError, ReasonMissingError, ReasonUnknownError, NotPermittedError, or
    SecondPersonNeededError for more than one person may give against the terms; nothing has changed then.
    """
    request = cancellation_request(actor=actor, for_hospital=for_hospital, override_percent=override_percent)
    locked = lock_chain(appointment_id=appointment_id)
    request = request_as_owed(request, appointment=locked.appointment)
    earlier = _done_before(locked.appointment, actor)
    if earlier:
        return Cancellation(locked.appointment, earlier, repeated=True)
    quote = _decide(locked.appointment, actor, request, quote_token, now)
    checked = check_reason(reason or Reason(), actor=actor, required=quote.reason_required)
    if request.is_override and not checked.text:
        raise ReasonMissingError("text")
    if request.override_percent is not None and request.is_override:
        worth = worth_of_cancelling(locked.appointment, percent=request.override_percent, now=now)
        refuse_one_person(worth, appointment=locked.appointment, actor=actor)
    event = carry_out_cancellation(
        locked, actor=actor, now=now, reason=checked, quote=quote, for_hospital=request.is_hospital_initiated
    )
    return Cancellation(locked.appointment, event)


def carry_out_cancellation(
    locked: LockedChain,
    *,
    actor: Actor,
    now: datetime,
    reason: Reason,
    quote: CancellationQuote,
    for_hospital: bool,
) -> AppointmentEvent:
    """Do what an allowed quote says, under lock: cancel, end the draft that waits to replace it, give back, free the slot."""
    appointment = locked.appointment
    was_announced = appointment.status != Appointment.Status.DRAFT
    withdraw = is_given_up(appointment, actor=actor, for_hospital=for_hospital)
    owned_money = not appointment.holds_a_move
    if locked.replacement:
        end_waiting_replacement(locked, actor=actor, now=now)
    is_told = was_announced or quote.refund > 0
    event = record.move(
        appointment=appointment,
        kind=EventKind.CANCELLED,
        actor=actor,
        now=now,
        reason=reason,
        quote=quote,
        for_hospital=for_hospital,
        tell=MessageKind.CANCELLED if is_told else None,
    )
    if is_told:
        issue_certificate(event=event, now=now)
    if owned_money:
        give_back(quote.allocations, chain=locked.chain, cause=f"cancel:{event.pk}", actor=actor, now=now)
        locked.chain.held = 0
        locked.chain.save(update_fields=["held"])
    if was_announced:
        release_slot(locked, appointment, event=event, now=now, withdraw=withdraw)
    return event


def end_waiting_replacement(locked: LockedChain, *, actor: Actor, now: datetime) -> None:
    """Cancel the draft that holds a slot for a move which will not happen; it holds no money."""
    if locked.replacement is None:
        return
    draft = locked.replacement
    request = CancellationRequest(actor.kind, for_hospital=True)
    quote = quote_cancellation(terms_of(locked.chain.terms), booking_facts(draft), request, now)
    record.move(appointment=draft, kind=EventKind.CANCELLED, actor=actor, now=now, quote=quote, for_hospital=True)


def release_slot(
    locked: LockedChain, appointment: Appointment, *, event: AppointmentEvent, now: datetime, withdraw: bool
) -> None:
    """Offer the slot that the event freed again after the delay of the terms, first to the waiting list, or withdraw it."""
    slot = locked.slots[appointment.slot_id]
    slot.bookable_from = now + timings_of(locked.chain.terms).slot_release
    slot.is_withdrawn = slot.is_withdrawn or withdraw
    if not slot.is_withdrawn and somebody_waits_for(slot):
        keep_for_list(slot, at=slot.bookable_from)
    slot.save(update_fields=["bookable_from", "is_withdrawn", "list_turn_at"])
    note_release(slot=slot, event=event)


def is_given_up(appointment: Appointment, *, actor: Actor, for_hospital: bool) -> bool:
    """Tell whether the hospital itself gives up this time, so that nobody else should be booked into it.

    A doctor who cancels will not be there. What the system ends, and a booking that was never approved, leaves the time free.
    """
    by_a_person = actor.kind is not ActorKind.SYSTEM
    return for_hospital and by_a_person and appointment.status == Appointment.Status.CONFIRMED


def _done_before(appointment: Appointment, actor: Actor) -> AppointmentEvent | None:
    """Return the cancellation, if this actor made it: a double click or a second tab gets the same answer."""
    if appointment.status != Status.CANCELLED:
        return None
    event = appointment.events.get(kind=EventKind.CANCELLED)
    theirs = (event.actor_kind, event.actor_user_id, event.actor_partner_id)
    return event if theirs == (actor.kind, actor.user_id, actor.partner_id) else None


def _decide(
    appointment: Appointment, actor: Actor, request: CancellationRequest, token: str | None, now: datetime
) -> CancellationQuote:
    """Return the allowed quote that counts: the one held by the token, or without a token the one of now."""
    if token is not None:
        held = held_cancellation_offer(appointment=appointment, actor=actor, request=request, token=token, now=now)
        if held:
            return held.quote
    offer = offer_cancellation(appointment=appointment, actor=actor, request=request, now=now)
    if not offer.quote.allowed:
        raise NotAllowedError(offer.quote)
    if token is not None:
        raise QuoteChangedError(offer)
    return offer.quote
