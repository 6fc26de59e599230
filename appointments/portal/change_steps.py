"""The order of moving an appointment, the times that are offered, and the offer that is held along it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import QueryDict

from appointments import queries
from appointments.actor import Actor
from appointments.facts import booking_facts
from appointments.models import Appointment, Slot
from appointments.offers import RescheduleOffer
from appointments.portal.answers import ChangeAnswers
from appointments.portal.forms import SlotFilterForm
from appointments.portal.slot_pages import HORIZON, MOST_SLOTS, slot_named, whole_days
from appointments.quoting import held_reschedule_offer, offer_reschedule, reschedule_request
from appointments.slot_choices import SlotChoice, slot_choices
from policies.queries import terms_of
from policies.rules.facts import ActorKind, RescheduleRequest
from policies.rules.quote import Refusal
from policies.rules.rescheduling import refusal_to_move


@dataclass(frozen=True, slots=True)
class Offered:
    """The times a page offers, and the day from which the rest can be seen, if there are more."""

    choices: list[SlotChoice]
    more_from: date | None


def refusal_of(appointment: Appointment, *, now: datetime) -> Refusal | None:
    """Return why the patient may not move this appointment now, whatever the slot."""
    rules = terms_of(appointment.chain.terms).reschedule
    return refusal_to_move(rules, booking_facts(appointment), RescheduleRequest(ActorKind.PATIENT), now)


def filter_form(appointment: Appointment, asked: QueryDict, *, now: datetime) -> SlotFilterForm:
    """Return the filter: any day within the horizon, and other doctors where the terms allow them."""
    today = now.astimezone(appointment.centre.zone).date()
    same_doctor = terms_of(appointment.chain.terms).reschedule.same_doctor_required
    doctors = () if same_doctor else queries.doctors_of_centre(appointment.centre.pk)
    data = {
        "from_day": asked.get("from_day") or today.isoformat(),
        "doctor": asked.get("doctor", str(appointment.slot.doctor_id)),
    }
    form = SlotFilterForm(data, doctors=doctors, first=today, last=today + HORIZON)
    form.is_valid()
    return form


def offered_slots(appointment: Appointment, form: SlotFilterForm, *, actor: Actor, now: datetime) -> Offered:
    """Return the times that pass the filter, whole days at a time, and where to go on."""
    zone = appointment.centre.zone
    same_doctor = terms_of(appointment.chain.terms).reschedule.same_doctor_required
    since = max(now, datetime.combine(form.day, time.min, tzinfo=zone))
    free = queries.free_slots(
        centre_id=appointment.centre.pk,
        now=now,
        until=now + HORIZON + timedelta(days=1),
        doctor_id=appointment.slot.doctor_id if same_doctor else form.doctor_id,
    )
    slots, more_from = whole_days(list(free.filter(starts_at__gte=since)[: MOST_SLOTS + 1]), zone=zone)
    return Offered(slot_choices(appointment=appointment, slots=slots, actor=actor, now=now), more_from)


def slot_sent(appointment: Appointment, value: str) -> Slot | None:
    """Return the slot a form names: one of the appointment's own centre, free or not, or None."""
    pk = slot_named(value)
    return None if pk is None else queries.slot_of_centre(slot_id=pk, centre_id=appointment.centre.pk)


def current_offer(
    appointment: Appointment, slot: Slot, *, actor: Actor, answers: ChangeAnswers, now: datetime
) -> RescheduleOffer:
    """Return the offer that was shown, while it is held, else the one of now."""
    request = reschedule_request(actor=actor, for_hospital=False, override=False)
    held = None
    if answers.token:
        held = held_reschedule_offer(
            appointment=appointment, slot=slot, actor=actor, request=request, token=answers.token, now=now
        )
    return held or offer_reschedule(appointment=appointment, slot=slot, actor=actor, request=request, now=now)
