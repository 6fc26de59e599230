"""Who is in line, in which order, and whose turn a time is. Read-only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from appointments import queries
from appointments.facts import booking_facts, is_run_out, open_case
from appointments.models import Appointment, Slot, SlotOffer, WaitingEntry
from appointments.waiting.wishes import asked_at, is_wished
from policies.queries import terms_of
from policies.rules.facts import RESCHEDULABLE, ActorKind, RescheduleRequest, Target
from policies.rules.quote import RescheduleQuote
from policies.rules.rescheduling import quote_reschedule

_A_MINUTE = timedelta(minutes=1)
_AS_PATIENT = RescheduleRequest(ActorKind.PATIENT)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: an entry, and when it can be asked (later than now in its quiet hours)."""

    entry: WaitingEntry
    at: datetime


def turn_for(slot: Slot, *, now: datetime) -> Turn | None:
    """Return the first in line (who joined first) to whom this time can be offered, or None where nobody waits for it."""
    for entry in _in_line(slot):
        at = asked_at(entry, slot, now=now)
        if at is not None and is_wished(entry, slot) and _is_possible(entry, slot, now=now):
            return Turn(entry, at)
    return None


def somebody_waits_for(slot: Slot) -> bool:
    """Tell whether the line for this time is not empty; who of it can have the time is decided at its turn."""
    return any(is_wished(entry, slot) for entry in _in_line(slot))


def quote_of_move(appointment: Appointment, slot: Slot, *, now: datetime) -> RescheduleQuote:
    """Return what the patient's move into a time that is kept for them costs."""
    target = Target(slot.starts_at, str(slot.doctor_id), slot.price, available=True)
    return quote_reschedule(terms_of(appointment.chain.terms), booking_facts(appointment), target, _AS_PATIENT, now)


def first_word_until(slot: Slot, *, now: datetime) -> datetime | None:
    """Return when to look again at a time that the waiting list has the first word about; None where it has none."""
    offer = SlotOffer.objects.filter(slot=slot, state__in=SlotOffer.OPEN).select_related("draft").first()
    if offer is not None:
        return max(offer.draft.hold_expires_at or now, now) + _A_MINUTE
    if slot.list_turn_at is None or slot.list_turn_at <= now - queries.LIST_HAS_FIRST:
        return None
    return max(slot.list_turn_at, now) + _A_MINUTE


def place_of(entry: WaitingEntry) -> int:
    """Return the place of an open entry among those whose wishes meet its own, 1 for the first."""
    rivals = _open().filter(centre=entry.centre_id, last_day__gte=entry.first_day, first_day__lte=entry.last_day)
    if entry.doctor:
        rivals = rivals.filter(Q(doctor=entry.doctor) | Q(specialty=entry.doctor.specialty))
    else:
        rivals = rivals.filter(Q(specialty=entry.specialty) | Q(doctor__specialty=entry.specialty))
    same_part = Q(pk__in=[])
    for part in ("mornings", "afternoons", "evenings"):
        if getattr(entry, part):
            same_part |= Q(**{part: True})
    before = Q(joined_at__lt=entry.joined_at) | Q(joined_at=entry.joined_at, pk__lt=entry.pk)
    return rivals.filter(same_part, before).count() + 1


def due_slots(*, now: datetime, limit: int) -> list[int]:
    """Return the slots whose turn with the waiting list has come, longest due first."""
    due = Slot.objects.filter(list_turn_at__lte=now)
    return list(due.order_by("list_turn_at", "pk").values_list("pk", flat=True)[:limit])


def run_out_entries(*, now: datetime, limit: int) -> list[int]:
    """Return open entries whose last day is over on their centre's clock."""
    # The last place on earth reaches a day twelve hours after UTC: earlier ones need no look at the clock of their centre.
    ended = _open().filter(last_day__lte=(now + timedelta(hours=14)).date()).select_related("centre").order_by("pk")
    return [one.pk for one in ended[:limit] if one.last_day < now.astimezone(one.centre.zone).date()]


def entries_of(patient_ids: list[int], *, chain_id: UUID | None = None, ended: bool = False) -> QuerySet[WaitingEntry]:
    """Return the open (or the ended) entries of these patients, and those that move this booking or were offered it, oldest first."""
    mine = Q(patient__in=patient_ids)
    if chain_id:
        mine |= Q(appointment__chain=chain_id)
        mine |= Q(Exists(SlotOffer.objects.filter(entry=OuterRef("pk"), draft__chain=chain_id)))
    entries = WaitingEntry.objects.exclude(state=WaitingEntry.State.WAITING) if ended else _open()
    return _with_names(entries.filter(mine)).order_by("joined_at", "pk")


def entry_to_move(appointment: Appointment) -> WaitingEntry | None:
    """Return the open entry that waits to move this appointment, or None."""
    return _with_names(_open().filter(appointment=appointment)).first()


def offer_of(draft: Appointment) -> SlotOffer | None:
    """Return the offer that this draft holds a time for, whatever became of it, or None."""
    offers = SlotOffer.objects.select_related("entry__centre", "entry__patient", "slot__doctor__centre")
    return offers.filter(draft=draft.pk).first()


def unanswered_offer(draft: Appointment) -> SlotOffer | None:
    """Return the offer that waits for the patient's answer, or None."""
    return SlotOffer.objects.filter(draft=draft.pk, state=SlotOffer.State.OFFERED).first()


def open_offer_to(entry: WaitingEntry) -> SlotOffer | None:
    """Return the time that is offered to an entry now, or None."""
    offers = SlotOffer.objects.filter(entry=entry, state__in=SlotOffer.OPEN)
    return offers.select_related("draft", "slot__doctor__centre").first()


def _open() -> QuerySet[WaitingEntry]:
    return WaitingEntry.objects.filter(state=WaitingEntry.State.WAITING)


def _with_names(entries: QuerySet[WaitingEntry]) -> QuerySet[WaitingEntry]:
    return entries.select_related("centre", "doctor", "patient", "appointment__slot__doctor__centre")


def _in_line(slot: Slot) -> Iterator[WaitingEntry]:
    """Yield, in order, the entries that wish for such a doctor and are not asked about another time or were about this one."""
    if not slot.doctor.centre.waiting_list:
        return
    day = slot.starts_at.astimezone(slot.doctor.centre.zone).date()
    offers = SlotOffer.objects.filter(entry=OuterRef("pk"))
    entries = _open().filter(
        Q(doctor=slot.doctor_id) | Q(specialty=slot.doctor.specialty),
        # Whoever had this time themselves gave it back.
        ~Exists(Appointment.objects.filter(slot=slot.pk, chain__patient=OuterRef("patient"))),
        ~Exists(offers.filter(Q(slot=slot.pk) | Q(state__in=SlotOffer.OPEN))),
        centre=slot.doctor.centre_id,
        first_day__lte=day,
        last_day__gte=day,
    )
    related = entries.select_related(
        "centre",
        "patient",
        "appointment__slot__doctor__centre",
        "appointment__chain__terms__policy",
        "appointment__chain__channel",
    )
    yield from related.order_by("joined_at", "pk").iterator(chunk_size=100)


def _is_possible(entry: WaitingEntry, slot: Slot, *, now: datetime) -> bool:
    """Tell whether the patient is free then and, for a move, whether the terms allow it and no other move waits."""
    busy = Appointment.objects.filter(
        chain__patient=entry.patient_id,
        status__in=queries.LIVE,
        slot__starts_at__lt=slot.ends_at,
        slot__ends_at__gt=slot.starts_at,
    )
    if any(not is_run_out(one, now=now) for one in busy.exclude(pk=entry.appointment_id or 0)):
        return False
    if entry.appointment is None:
        return True
    # Whoever's doctor is away has other times held for them already.
    is_movable = entry.appointment.status in RESCHEDULABLE and open_case(entry.appointment) is None
    is_waiting = queries.waiting_move(entry.appointment, now=now) is not None
    return is_movable and not is_waiting and quote_of_move(entry.appointment, slot, now=now).allowed
