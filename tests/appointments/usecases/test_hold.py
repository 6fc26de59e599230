"""Holding a slot: for whom, how long, and under which terms."""

from datetime import timedelta
from typing import Any

import pytest

from appointments.errors import SlotTakenError
from appointments.models import Appointment, Channel, Patient, Slot
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.hold import hold_slot
from policies.errors import NoPolicyInForce
from tests import factories as make
from tests.appointments.rows import kinds_of, nothing_changed

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)


def hold(slot: Slot, **parts: Any) -> Appointment:
    values = {"actor": make.system(), "now": make.NOW, **_who_and_where(slot, parts)}
    return hold_slot(slot_id=slot.pk, **values)


def _who_and_where(slot: Slot, parts: dict[str, Any]) -> dict[str, Any]:
    values = dict(parts)
    if "patient_id" not in values:
        values["patient_id"] = make.PatientFactory.create().pk
    if "channel_id" not in values:
        values["channel_id"] = make.ChannelFactory.create(centre=slot.doctor.centre).pk
    return values


def refused(slot: Slot, **parts: Any) -> None:
    values = _who_and_where(slot, parts)
    with nothing_changed(), pytest.raises(SlotTakenError):
        hold(slot, **values)


def test_hold_when_free() -> None:
    slot = make.SlotFactory.create()

    draft = make.fresh(hold(slot))

    assert (draft.status, draft.hold_expires_at) == (Appointment.Status.DRAFT, make.NOW + timedelta(minutes=15))
    assert (draft.chain.currency, draft.chain.held, draft.chain.reschedules) == ("INR", 0, 0)
    assert kinds_of(draft) == ["held"]


def test_hold_when_slot_starts_before_it_would_end() -> None:
    slot = make.SlotFactory.create(starts_at=make.NOW + timedelta(minutes=5))

    assert hold(slot).hold_expires_at == make.NOW + timedelta(minutes=5)


@pytest.mark.parametrize("builder", [make.held, make.booked, make.pending_approval])
def test_hold_when_taken(builder: Any) -> None:
    slot = make.SlotFactory.create()
    builder(slot=slot)

    refused(slot, now=make.NOW)


@pytest.mark.parametrize(
    "values",
    [
        {"starts_at": make.NOW},
        {"starts_at": make.NOW - timedelta(days=1)},
        {"is_withdrawn": True},
        {"bookable_from": make.NOW + TICK},
    ],
)
def test_hold_when_not_offered(values: dict[str, Any]) -> None:
    refused(make.SlotFactory.create(**values))


def test_hold_when_offered_from_this_moment_on() -> None:
    assert hold(make.SlotFactory.create(bookable_from=make.NOW)).status == Appointment.Status.DRAFT


def test_hold_when_the_one_before_was_cancelled() -> None:
    appointment = make.booked()
    cancel_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)

    assert hold(appointment.slot).status == Appointment.Status.DRAFT


def test_hold_when_the_one_before_ran_out() -> None:
    first = make.held()

    second = hold(first.slot, now=make.NOW + timedelta(minutes=15))

    assert make.fresh(first).status == Appointment.Status.CANCELLED
    assert make.fresh(second).status == Appointment.Status.DRAFT


def test_hold_when_the_one_before_ran_out_but_was_paid_in_time() -> None:
    first = make.held()
    make.captured(make.checkout_for(first))

    refused(first.slot, now=make.NOW + timedelta(minutes=15))


def test_hold_when_channel_is_of_another_centre() -> None:
    slot, elsewhere = make.SlotFactory.create(), make.ChannelFactory.create()
    patient = make.PatientFactory.create()

    with nothing_changed(), pytest.raises(Channel.DoesNotExist):
        hold(slot, channel_id=elsewhere.pk, patient_id=patient.pk)


def test_hold_when_patient_or_slot_is_unknown() -> None:
    slot = make.SlotFactory.create()
    with pytest.raises(Patient.DoesNotExist):
        hold(slot, patient_id=0)
    with pytest.raises(Slot.DoesNotExist):
        hold_slot(slot_id=0, patient_id=0, channel_id=0, actor=make.system(), now=make.NOW)


@pytest.mark.parametrize(
    ("doctors", "channels", "expected"),
    [(True, True, "doctor"), (False, True, "channel"), (True, False, "doctor"), (False, False, "centre")],
)
def test_terms_when_several_policies_apply(doctors: bool, channels: bool, expected: str) -> None:  # noqa: FBT001
    policies = {name: make.published_policy() for name in ("doctor", "channel", "centre")}
    centre = make.CentreFactory.create(policy=policies["centre"])
    doctor = make.DoctorFactory.create(centre=centre, policy=policies["doctor"] if doctors else None)
    channel = make.ChannelFactory.create(centre=centre, policy=policies["channel"] if channels else None)

    draft = hold(make.SlotFactory.create(doctor=doctor), channel_id=channel.pk)

    assert draft.chain.terms.policy == policies[expected]


def test_terms_when_a_new_version_takes_effect() -> None:
    slot = make.SlotFactory.create()
    first = slot.doctor.centre.policy.versions.get()
    second = make.publish(slot.doctor.centre.policy, now=make.NOW)

    assert hold(slot, now=make.NOW - TICK).chain.terms == first
    assert (
        hold(make.SlotFactory.create(doctor=slot.doctor, starts_at=make.STARTS_AT + TICK), now=make.NOW).chain.terms
        == second
    )


def test_terms_when_no_version_is_in_force() -> None:
    centre = make.CentreFactory.create(policy=make.PolicyFactory.create())
    slot = make.SlotFactory.create(doctor__centre=centre)
    patient, channel = make.PatientFactory.create(), make.ChannelFactory.create(centre=centre)

    with nothing_changed(), pytest.raises(NoPolicyInForce):
        hold(slot, patient_id=patient.pk, channel_id=channel.pk)
