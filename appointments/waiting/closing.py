"""How a step of an appointment ends offers and entries: in the step's own transaction, under its locks."""

from datetime import datetime

from appointments.models import (
    AppointmentEvent,
    EntryState,
    EventKind,
    MessageKind,
    OfferState,
    Slot,
    SlotOffer,
    WaitingEntry,
)
from policies.rules.facts import RESCHEDULABLE, ActorKind
from refunds.nudges import nudge

WORK_LIST = "appointments.work_waiting_list"

_HOLD_RAN_OUT = "hold_ran_out"


def follow_step(*, event: AppointmentEvent) -> MessageKind | None:
    """Bring offer and entries along with a step. Returns the message that tells of an offer that ended without the patient's doing."""
    appointment = event.appointment
    offer = SlotOffer.objects.filter(draft=appointment, state__in=SlotOffer.OPEN).select_related("entry").first()
    if appointment.status not in RESCHEDULABLE:
        _close_moves(event)
    if offer is None:
        return None
    if event.kind != EventKind.CANCELLED:
        _end_offer(offer, OfferState.BOOKED, at=event.at)
        end_entry_once(offer.entry, EntryState.FULFILLED, by=event.actor_label, now=event.at)
        return None
    state = _how_it_ended(event)
    _end_offer(offer, state, at=event.at)
    # The next in line comes before everybody else: kept in this transaction, offered by the next run.
    Slot.objects.filter(pk=offer.slot_id, is_withdrawn=False).update(list_turn_at=event.at)
    nudge(WORK_LIST)
    return None if state == OfferState.DECLINED else MessageKind.OFFER_ENDED


def end_entry_once(entry: WaitingEntry, state: EntryState, *, by: str, now: datetime) -> bool:
    """End an entry that is still open. False where it was ended before."""
    still_open = WaitingEntry.objects.filter(pk=entry.pk, state=EntryState.WAITING)
    return bool(still_open.update(state=state, ended_at=now, ended_by=by))


def _close_moves(event: AppointmentEvent) -> None:
    """End what waits to move an appointment that can be moved no more; the entry whose offer is being booked follows with its draft."""
    waiting = WaitingEntry.objects.filter(appointment=event.appointment, state=EntryState.WAITING)
    for entry in waiting.exclude(offers__state=OfferState.TAKEN):
        end_entry_once(entry, EntryState.CLOSED, by=event.actor_label, now=event.at)


def _end_offer(offer: SlotOffer, state: OfferState, *, at: datetime) -> None:
    offer.state, offer.ended_at = state, at
    offer.save(update_fields=["state", "ended_at"])


def _how_it_ended(event: AppointmentEvent) -> OfferState:
    if event.actor_kind == ActorKind.PATIENT:
        return OfferState.DECLINED
    is_late = event.actor_kind == ActorKind.SYSTEM and event.reason_code == _HOLD_RAN_OUT
    return OfferState.LAPSED if is_late else OfferState.WITHDRAWN


def keep_for_list(slot: Slot, *, at: datetime) -> None:
    """Give the waiting list the first word about a locked slot that can be had from `at` on."""
    slot.list_turn_at = at
    nudge(WORK_LIST)
