"""How a time stands: said in one place, for whoever shows times that are not free too."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db.models import QuerySet

from appointments import queries
from appointments.models import Appointment, LeaveAlternative, Patient, Slot, SlotOffer


class SlotState(Enum):
    """What a time is to somebody who looks for one."""

    FREE = "free"
    LATER = "later"
    OFFERED = "offered"
    HELD = "held"
    BOOKED = "booked"
    CLOSED = "closed"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class SlotSeen:
    """A time as it stands. `appointment` has or holds it, also for somebody on the waiting list; `offered_to` was offered it and has not answered."""

    slot: Slot
    state: SlotState
    appointment: Appointment | None = None
    offered_to: Patient | None = None


def see_slots(slots: QuerySet[Slot], *, now: datetime) -> list[SlotSeen]:
    """Return how each of these times stands, in their order. Five queries, however many there are.

    FREE can be had now, LATER from its `bookable_from` on, OFFERED is kept for somebody who may still say yes; HELD is a draft, BOOKED any
    other appointment that was not cancelled or moved. CLOSED is offered to nobody, and OVER began without anybody.
    """
    found = list(slots)
    keys = [slot.pk for slot in found]
    these = Slot.objects.filter(pk__in=keys).order_by()
    free = set(these.filter(queries.is_free(now=now)).values_list("pk", flat=True))
    later = set(these.filter(queries.is_free_later(now=now)).values_list("pk", flat=True))
    taken = {one.slot_id: one for one in _appointments_in(keys, now=now)}
    offers = _offers_of(keys, now=now)
    seen = []
    for slot in found:
        appointment = taken.get(slot.pk)
        if appointment is not None:
            appointment.slot = slot  # its doctor and centre are loaded
            seen.append(_seen_taken(slot, appointment))
        else:
            state = _state_of_nobodys(slot, is_free=slot.pk in free, is_later=slot.pk in later, now=now)
            seen.append(SlotSeen(slot, state, offered_to=offers.get(slot.pk) if state is SlotState.OFFERED else None))
    return seen


def _seen_taken(slot: Slot, appointment: Appointment) -> SlotSeen:
    """Return how a time stands that an appointment takes; the draft of an unanswered offer of the waiting list is no hold yet."""
    if appointment.status != Appointment.Status.DRAFT:
        return SlotSeen(slot, SlotState.BOOKED, appointment)
    offer: SlotOffer | None = getattr(appointment, "slot_offer", None)
    if offer is not None and offer.state == SlotOffer.State.OFFERED:
        return SlotSeen(slot, SlotState.OFFERED, appointment, offered_to=appointment.chain.patient)
    return SlotSeen(slot, SlotState.HELD, appointment)


def _state_of_nobodys(slot: Slot, *, is_free: bool, is_later: bool, now: datetime) -> SlotState:
    """Return how a time stands that no appointment takes. What can be had neither now nor later is kept for somebody."""
    if is_free:
        return SlotState.FREE
    if is_later:
        return SlotState.LATER
    if slot.is_withdrawn or (slot.bookable_from is not None and slot.bookable_from >= slot.starts_at):
        return SlotState.CLOSED
    return SlotState.OVER if slot.starts_at <= now else SlotState.OFFERED


def _appointments_in(slots: Iterable[int], *, now: datetime) -> QuerySet[Appointment]:
    """Return who takes these times: the database lets one have each. A hold that has run out takes nothing."""
    standing = Appointment.objects.filter(slot__in=slots).exclude(status__in=queries.OVER)
    return standing.exclude(status=Appointment.Status.DRAFT, hold_expires_at__lte=now).select_related(
        "chain__patient", "leave_case", "slot_offer"
    )


def _offers_of(slots: Iterable[int], *, now: datetime) -> dict[int, Patient]:
    """Return to whom these times are offered, by the time's pk."""
    kept = LeaveAlternative.objects.filter(slot__in=slots, is_held=True, held_until__gt=now)
    return {one.slot_id: one.case.appointment.chain.patient for one in kept.select_related(_OFFERED_TO)}


_OFFERED_TO = "case__appointment__chain__patient"
