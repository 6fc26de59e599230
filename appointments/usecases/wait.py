"""Join the waiting list and leave it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from appointments import bookable, record
from appointments.actor import Actor
from appointments.errors import DomainError
from appointments.facts import booking_facts
from appointments.locks import lock_chain, lock_patient
from appointments.models import Appointment, AppointmentEvent, Centre, EntryState, MessageKind, SlotOffer, WaitingEntry
from appointments.telling import tell_everybody
from appointments.transactions import in_one_transaction
from appointments.usecases.answer_offer import decline_offer
from appointments.waiting.closing import end_entry_once
from policies.queries import terms_of
from policies.rules.facts import RESCHEDULABLE, ActorKind, RescheduleRequest
from policies.rules.rescheduling import refusal_to_move

#: How far ahead can be waited for, and for how many wishes at once: enough for a family, too few to sweep a clinic.
HORIZON = timedelta(days=180)
MOST_ENTRIES = 10


class CannotWaitError(DomainError):
    """The wish cannot be put on the list; `code` says why: "list_closed", "days", "waits_already", "too_many", "cannot_move"."""

    def __init__(self, code: str) -> None:
        """Keep the reason."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is wished for: a doctor (pk), else a specialty, on days at the centre, at these times of day."""

    doctor_id: int | None = None
    specialty: str = ""
    first_day: date
    last_day: date
    mornings: bool = True
    afternoons: bool = True
    evenings: bool = True


@in_one_transaction
def join_list(*, patient_id: int, centre: Centre, wish: Waiting, actor: Actor, now: datetime) -> WaitingEntry:
    """Wait for a first booking. Raises CannotWaitError or CarerRightEndedError; nothing has changed then."""
    lock_patient(patient_id=patient_id)
    return _join(patient_id=patient_id, centre=centre, wish=wish, appointment=None, actor=actor, now=now)


@in_one_transaction
def join_to_move(*, appointment_id: int, wish: Waiting, actor: Actor, now: datetime) -> WaitingEntry:
    """Wait for an earlier time of an appointment. Raises CannotWaitError or CarerRightEndedError; nothing has changed then."""
    locked = lock_chain(appointment_id=appointment_id)
    appointment = locked.appointment
    request = RescheduleRequest(ActorKind.PATIENT)
    refusal = refusal_to_move(terms_of(locked.chain.terms).reschedule, booking_facts(appointment), request, now)
    if appointment.status not in RESCHEDULABLE or refusal is not None:
        raise CannotWaitError("cannot_move")
    last = appointment.slot.starts_at.astimezone(appointment.centre.zone).date()
    if wish.last_day > last:
        raise CannotWaitError("days")
    return _join(
        patient_id=locked.chain.patient_id,
        centre=appointment.centre,
        wish=wish,
        appointment=appointment,
        actor=actor,
        now=now,
    )


@in_one_transaction
def end_entry(*, entry_id: int, state: EntryState, actor: Actor, now: datetime) -> bool:
    """End an entry for whoever asks; a time that is offered to it and not answered goes to the next. False where it had ended before."""
    entry = WaitingEntry.objects.get(pk=entry_id)
    record.refuse_ended_right(actor=actor, now=now)
    for offer in SlotOffer.objects.filter(entry=entry, state=SlotOffer.State.OFFERED):
        decline_offer(draft_id=offer.draft_id, actor=actor, now=now)
    return end_entry_once(entry, state, by=actor.label, now=now)


@in_one_transaction
def run_out_entry(*, entry_id: int, now: datetime) -> bool:
    """End an entry whose last day is over. False where it had ended before."""
    entry = WaitingEntry.objects.get(pk=entry_id)
    return end_entry_once(entry, EntryState.RUN_OUT, by=Actor.system("waiting list").label, now=now)


def _join(
    *,
    patient_id: int,
    centre: Centre,
    wish: Waiting,
    appointment: Appointment | None,
    actor: Actor,
    now: datetime,
) -> WaitingEntry:
    record.refuse_ended_right(actor=actor, now=now)
    if not centre.waiting_list or bookable.website_of(centre.pk) is None:
        raise CannotWaitError("list_closed")
    today = now.astimezone(centre.zone).date()
    if not today <= wish.first_day <= wish.last_day <= today + HORIZON:
        raise CannotWaitError("days")
    if WaitingEntry.objects.filter(patient=patient_id, state=EntryState.WAITING).count() >= MOST_ENTRIES:
        raise CannotWaitError("too_many")
    entry = WaitingEntry(
        patient_id=patient_id,
        centre=centre,
        doctor_id=wish.doctor_id,
        specialty="" if wish.doctor_id else wish.specialty,
        appointment=appointment,
        first_day=wish.first_day,
        last_day=wish.last_day,
        mornings=wish.mornings,
        afternoons=wish.afternoons,
        evenings=wish.evenings,
        joined_at=now,
        joined_by=actor.label,
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError as error:
        raise CannotWaitError("waits_already") from error
    event = _event_for(entry)
    if event:
        tell_everybody(event=event, kind=MessageKind.WAITING_JOINED, now=now, once=str(entry.pk))
    return entry


def _event_for(entry: WaitingEntry) -> AppointmentEvent | None:
    """Return the event that the mail about an entry hangs on: of the appointment to move, else the patient's newest at this centre."""
    events = AppointmentEvent.objects.filter(
        appointment__chain__patient=entry.patient_id, appointment__slot__doctor__centre=entry.centre_id
    )
    if entry.appointment_id:
        events = events.filter(appointment=entry.appointment_id)
    return events.order_by("-at", "-sequence").first()
