"""Take a time that the waiting list holds for a patient, or say no to it."""

from dataclasses import dataclass
from datetime import datetime

from appointments import record
from appointments.actor import Actor
from appointments.errors import DomainError
from appointments.locks import LockedChain, lock_chain
from appointments.models import Appointment, OfferState, SlotOffer
from appointments.transactions import in_one_transaction
from appointments.usecases.book import settle_draft
from appointments.usecases.hold_online import let_go
from appointments.usecases.keep import keep_appointment
from appointments.usecases.reschedule import complete_move
from policies.queries import timings_of
from policies.rules.facts import RESCHEDULABLE
from policies.rules.records import reschedule_from_record


class OfferGoneError(DomainError):
    """The offer does not stand any more; `state` says what became of it."""

    code = "offer_gone"

    def __init__(self, state: str) -> None:
        """Keep what became of it."""
        super().__init__(f"{self.code}: {state}")
        self.state = state


@dataclass(frozen=True, slots=True)
class TakenOffer:
    """What was done. `appointment` is the new one, a draft while it is to be paid; `repeated` tells that it had been done before."""

    appointment: Appointment
    repeated: bool = False

    @property
    def is_to_be_paid(self) -> bool:
        """Tell whether the time is held and something is owed for it."""
        return bool(self.appointment.status == Appointment.Status.DRAFT)


@in_one_transaction
def take_offer(*, draft_id: int, actor: Actor, now: datetime) -> TakenOffer:
    """Take an offered time: booked or moved at once where nothing is to pay, else held until it is paid.

    A move costs what the quote says that was made with the offer. Repeating it returns the first result. Raises
    OfferGoneError, or SlotOffer.DoesNotExist for a draft that is no offer; nothing has changed then.
    """
    offer, locked = _lock(draft_id)
    draft = locked.appointment if offer.entry.appointment_id is None else locked.replacement
    if offer.state in (OfferState.TAKEN, OfferState.BOOKED):
        return TakenOffer(Appointment.objects.get(pk=draft_id), repeated=True)
    if offer.state != OfferState.OFFERED or offer.until <= now or draft is None or draft.pk != draft_id:
        raise OfferGoneError(offer.state)
    if draft.holds_a_move and locked.appointment.status not in RESCHEDULABLE:
        raise OfferGoneError(offer.state)
    offer.state = OfferState.TAKEN
    offer.save(update_fields=["state"])
    record.take_offer(appointment=draft, until=_to_pay_until(offer, draft, locked, now=now), actor=actor, now=now)
    if draft.pending_move is None:
        settle_draft(locked, actor=actor, now=now)
    elif not reschedule_from_record(draft.pending_move["quote"]).due:
        complete_move(locked, draft, actor=actor, now=now)
    return TakenOffer(draft)


def decline_offer(*, draft_id: int, actor: Actor, now: datetime) -> bool:
    """Say no: the time goes to the next in line, the entry keeps its place. False where the offer had ended before."""
    offer = SlotOffer.objects.select_related("entry").get(draft=draft_id)
    if not offer.is_open:
        return False
    if offer.entry.appointment_id is None:
        return let_go(appointment_id=draft_id, actor=actor, now=now)
    return _decline_move(draft_id=draft_id, appointment_id=offer.entry.appointment_id, actor=actor, now=now)


@in_one_transaction
def _decline_move(*, draft_id: int, appointment_id: int, actor: Actor, now: datetime) -> bool:
    """End this draft and no other that may wait to replace the appointment by now."""
    locked = lock_chain(appointment_id=appointment_id)
    if locked.replacement is None or locked.replacement.pk != draft_id:
        return False
    return keep_appointment(appointment_id=appointment_id, actor=actor, now=now)


def _lock(draft_id: int) -> tuple[SlotOffer, LockedChain]:
    """Return the offer as it stands under the lock of its chain."""
    moves = SlotOffer.objects.values_list("entry__appointment_id", flat=True).get(draft=draft_id)
    locked = lock_chain(appointment_id=moves or draft_id)
    return SlotOffer.objects.select_related("entry").get(draft=draft_id), locked


def _to_pay_until(offer: SlotOffer, draft: Appointment, locked: LockedChain, *, now: datetime) -> datetime:
    """Return until when it can be paid: as long as any hold, never less than the offer, never beyond a start."""
    starts = [draft.slot.starts_at, *([locked.appointment.slot.starts_at] if draft.holds_a_move else [])]
    return min(max(offer.until, now + timings_of(locked.chain.terms).draft_hold), *starts)
