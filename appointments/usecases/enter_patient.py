"""Enter somebody who was never here and hold a time for them: both or neither."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from appointments import bookable
from appointments.actor import Actor
from appointments.errors import DomainError
from appointments.locks import lock_centres, lock_chain, lock_slots
from appointments.models import Appointment, Channel, ContactChange, Patient, Slot
from appointments.newcomers import Newcomer, known_like
from appointments.phones import region_of
from appointments.transactions import in_one_transaction
from appointments.usecases.book import settle_draft
from appointments.usecases.expire import free_run_out_hold
from appointments.usecases.hold import Shown, hold_locked


class KnownAlreadyError(DomainError):
    """Somebody on record might be this person; `patients` are to be shown before a second record is made."""

    code = "known_already"

    def __init__(self, patients: list[Patient]) -> None:
        """Keep who it might be."""
        super().__init__(self.code)
        self.patients = patients


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands now: a draft, or the booking itself where nothing is to pay. `repeated` tells that it stood before."""

    appointment: Appointment
    repeated: bool = False


def enter_and_hold(
    *,
    newcomer: Newcomer,
    others: Collection[int],
    slot_id: int,
    channel_id: int,
    centre_ids: Collection[int],
    actor: Actor,
    now: datetime,
    shown: Shown,
) -> Entered:
    """Make a patient's record and hold a free time for them, in one commit; a time without a price is booked at once.

    `centre_ids` are the centres that the actor works for, the slot's among them: whoever is on record there and might be this
    person stops it, unless the actor saw them and said they are `others` (pks). Asked twice, it returns what stands already.
    Raises KnownAlreadyError, SlotTakenError, TermsChangedError for another price or other terms than `shown`, or DoesNotExist.
    """
    free_run_out_hold(slot_id=slot_id, now=now)
    return _enter_and_hold(
        newcomer=newcomer,
        others=frozenset(others),
        slot_id=slot_id,
        channel_id=channel_id,
        centre_ids=frozenset(centre_ids),
        actor=actor,
        now=now,
        shown=shown,
    )


@in_one_transaction
def _enter_and_hold(
    *,
    newcomer: Newcomer,
    others: frozenset[int],
    slot_id: int,
    channel_id: int,
    centre_ids: frozenset[int],
    actor: Actor,
    now: datetime,
    shown: Shown,
) -> Entered:
    # Two clerks who enter one person, for different times too, come one after the other: the second sees the first's record.
    centres = lock_centres(centre_ids=centre_ids)
    slot = lock_slots(slot_ids=[slot_id])[slot_id]
    channel = Channel.objects.get(pk=channel_id, centre_id=slot.doctor.centre_id)
    region = region_of(centres[slot.doctor.centre_id])
    known = known_like(newcomer, centre_ids=centre_ids, region=region)
    standing = _what_stands(newcomer, known, slot, now=now)
    if standing is not None:
        return Entered(standing, repeated=True)
    if any(one.pk not in others for one in known):
        raise KnownAlreadyError(known)
    with transaction.atomic():  # a refused hold leaves no record, whoever's transaction this is
        patient = _enter(newcomer, actor=actor, now=now)
        draft = hold_locked(slot=slot, patient=patient, channel=channel, actor=actor, now=now, shown=shown)
    if not slot.price:
        settle_draft(lock_chain(appointment_id=draft.pk), actor=actor, now=now)
    return Entered(draft)


def _what_stands(newcomer: Newcomer, known: list[Patient], slot: Slot, *, now: datetime) -> Appointment | None:
    """Return what this very person has in the slot: the form was sent twice."""
    same = (one for one in known if newcomer.is_named_like(one))
    had = (bookable.own_in_slot(slot, patient_id=one.pk, now=now) for one in same)
    return next((one for one in had if one is not None and one.replaces_id is None), None)


def _enter(newcomer: Newcomer, *, actor: Actor, now: datetime) -> Patient:
    """Make the record, and write down who entered it: the first address is a change from none, so whoever gave it releases no refund."""
    patient = Patient.objects.create(
        name=newcomer.name,
        birth_date=newcomer.birth_date,
        email=newcomer.email,
        phone=newcomer.phone,
        language=newcomer.language,
    )
    given = {"email": newcomer.email, "phone": newcomer.phone}
    after = {"name": newcomer.name, **{name: value for name, value in given.items() if value}}
    ContactChange.objects.create(
        patient=patient,
        at=now,
        actor_kind=actor.kind,
        actor_label=actor.label,
        actor_user_id=actor.user_id,
        before=dict.fromkeys(after, ""),
        after=after,
    )
    return patient
