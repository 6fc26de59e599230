"""Offer a time that was given back to the first in line: held for them until the offer ends."""

from datetime import datetime

from appointments import bookable, record
from appointments.actor import Actor
from appointments.errors import ChangedMeanwhileError
from appointments.locks import lock_chain, lock_entry, lock_slots
from appointments.models import Appointment, MessageKind, Slot, SlotOffer, WaitingEntry
from appointments.reasons import WAITING_LIST
from appointments.telling import tell_everybody
from appointments.transactions import in_one_transaction
from appointments.usecases.expire import free_run_out_hold
from appointments.usecases.hold import hold_locked
from appointments.waiting.line import open_offer_to, quote_of_move, turn_for
from appointments.waiting.wishes import stands_until
from policies.errors import NoPolicyInForce
from policies.rules.records import to_record

SYSTEM = Actor.system("waiting list")


def offer_slot(*, slot_id: int, now: datetime) -> SlotOffer | None:
    """Offer a slot whose turn with the waiting list has come, and tell the patient. Safe to repeat and to do twice at once.

    Returns None where there is nothing to offer (any more): nobody waits for it, so that it is free for everybody, it was
    taken, or the first in line sleeps, so that its turn comes when they are awake.
    """
    free_run_out_hold(slot_id=slot_id, now=now)
    return _offer(slot_id=slot_id, now=now)


@in_one_transaction
def _offer(*, slot_id: int, now: datetime) -> SlotOffer | None:
    first = turn_for(_slot(slot_id), now=now)
    slot = _lock(slot_id, first.entry if first else None)
    if slot.list_turn_at is None or slot.list_turn_at > now:
        return None
    is_taken = slot.appointments.exclude(status__in=[Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED])
    if is_taken.exists() or slot.is_withdrawn or slot.starts_at <= now:
        _give_up_turn(slot)
        return None
    turn = turn_for(slot, now=now)
    if (turn.entry.pk if turn else None) != (first.entry.pk if first else None):
        raise ChangedMeanwhileError
    if turn is None:
        _give_up_turn(slot)
        return None
    if turn.at > now:
        slot.list_turn_at = turn.at
        slot.save(update_fields=["list_turn_at"])
        return None
    entry = lock_entry(entry_id=turn.entry.pk)
    if not entry.is_open or open_offer_to(entry) is not None:
        raise ChangedMeanwhileError
    return _make_offer(slot, turn.entry, now=now)


def _slot(slot_id: int) -> Slot:
    return Slot.objects.select_related("doctor__centre").get(pk=slot_id)


def _lock(slot_id: int, entry: WaitingEntry | None) -> Slot:
    """Lock the slot, with the chain of the appointment that would be moved into it."""
    if entry and entry.appointment_id:
        return lock_chain(appointment_id=entry.appointment_id, also_slots=[slot_id]).slots[slot_id]
    return lock_slots(slot_ids=[slot_id])[slot_id]


def _give_up_turn(slot: Slot) -> None:
    """Leave a locked slot to everybody."""
    slot.list_turn_at = None
    slot.save(update_fields=["list_turn_at"])


def _make_offer(slot: Slot, entry: WaitingEntry, *, now: datetime) -> SlotOffer | None:
    until = stands_until(slot, minutes=entry.centre.waiting_list_minutes, now=now)
    assert until is not None  # who cannot answer before the start has no turn
    _give_up_turn(slot)  # from here on the draft holds it
    draft = _hold(slot, entry, until=until, now=now)
    if draft is None:
        return None
    # A move is over with the time it would leave, even if that comes first.
    stands = min(until, draft.hold_expires_at or until)
    offer = SlotOffer.objects.create(entry=entry, slot=slot, draft=draft, offered_at=now, until=stands)
    tell_everybody(event=draft.events.get(), kind=MessageKind.SLOT_OFFERED, now=now)
    return offer


def _hold(slot: Slot, entry: WaitingEntry, *, until: datetime, now: datetime) -> Appointment | None:
    """Return the draft that holds the slot for the entry's patient; None where nothing can be booked here now."""
    old = entry.appointment
    if old is None:
        channel = bookable.website_of(entry.centre_id)
        try:
            return (
                hold_locked(slot=slot, patient=entry.patient, channel=channel, actor=SYSTEM, now=now, until=until)
                if channel
                else None
            )
        except NoPolicyInForce:
            return None
    quote = quote_of_move(old, slot, now=now)
    pending = {"quote": to_record(quote), "reason": [WAITING_LIST, ""], "for_hospital": False}
    return record.open_draft(
        chain=old.chain,
        slot=slot,
        hold_expires_at=min(until, old.slot.starts_at),
        actor=SYSTEM,
        now=now,
        replaces=old,
        quote=quote,
        pending_move=pending,
    )
