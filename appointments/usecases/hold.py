"""Hold a slot: a draft that stands until it is paid or runs out."""

from dataclasses import dataclass
from datetime import datetime

from appointments import record
from appointments.actor import Actor
from appointments.errors import SlotTakenError, TermsChangedError
from appointments.facts import is_offered
from appointments.locks import lock_slots
from appointments.models import Appointment, Chain, Channel, Patient, Slot
from appointments.transactions import in_one_transaction
from appointments.usecases.expire import free_run_out_hold
from policies.models import PolicyVersion
from policies.queries import timings_of, version_in_force


@dataclass(frozen=True, slots=True)
class Shown:
    """What the patient saw before holding: the price in minor units, and the version of the terms (its pk)."""

    price: int
    terms: int


def hold_slot(*, slot_id: int, patient_id: int, channel_id: int, actor: Actor, now: datetime) -> Appointment:
    """Hold a free slot for a patient under the terms in force now, and return the draft.

    Raises SlotTakenError, or DoesNotExist for a slot, patient or channel that is not there or not of one centre.
    """
    free_run_out_hold(slot_id=slot_id, now=now)
    return _hold(slot_id, patient_id, channel_id, actor, now)


@in_one_transaction
def _hold(slot_id: int, patient_id: int, channel_id: int, actor: Actor, now: datetime) -> Appointment:
    slot = lock_slots(slot_ids=[slot_id])[slot_id]
    patient = Patient.objects.get(pk=patient_id)
    channel = Channel.objects.get(pk=channel_id, centre_id=slot.doctor.centre_id)
    return hold_locked(slot=slot, patient=patient, channel=channel, actor=actor, now=now)


def hold_locked(
    *,
    slot: Slot,
    patient: Patient,
    channel: Channel,
    actor: Actor,
    now: datetime,
    shown: Shown | None = None,
    visit_reason: str = "",
    until: datetime | None = None,
) -> Appointment:
    """Hold a locked slot, as long as the terms say unless `until` is given. Raises SlotTakenError, or TermsChangedError where price or terms are not those `shown`."""
    taken = slot.appointments.exclude(status__in=[Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED])
    if slot.starts_at <= now or not is_offered(slot, now=now) or taken.exists():
        raise SlotTakenError
    terms = terms_for(slot, channel, now=now)
    if shown and shown != Shown(slot.price, terms.pk):
        raise TermsChangedError
    chain = Chain.objects.create(
        patient=patient,
        channel=channel,
        terms=terms,
        currency=slot.doctor.centre.currency,
        booked_at=now,
        visit_reason=visit_reason,
    )
    # Nobody pays for a time that has begun.
    expires_at = min(until or now + timings_of(terms).draft_hold, slot.starts_at)
    return record.open_draft(chain=chain, slot=slot, hold_expires_at=expires_at, actor=actor, now=now)


def terms_for(slot: Slot, channel: Channel, *, now: datetime) -> PolicyVersion:
    """Return the policy version a booking is made under: the doctor's own policy, else the channel's, else the centre's.

    The most specific wins: a doctor's policy is about one calendar, a channel's about all calendars it sells.
    """
    doctor = slot.doctor
    policy_id = doctor.policy_id or channel.policy_id or doctor.centre.policy_id
    return version_in_force(policy_id=policy_id, now=now)
