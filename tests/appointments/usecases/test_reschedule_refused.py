"""Moves that are refused: each says why, and nothing changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from appointments.actor import Actor
from appointments.errors import (
    NotAllowedError,
    NotPermittedError,
    ReasonMissingError,
    ReasonUnknownError,
)
from appointments.models import Appointment, Slot
from appointments.reasons import Reason
from appointments.usecases.attend import check_in
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.reschedule import reschedule_appointment
from policies.rules.quote import Refusal
from tests import factories as make
from tests.appointments.rows import nothing_changed

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)


def under(**terms: Any) -> Appointment:
    """An appointment booked under terms of its own."""
    return make.booked(slot=make.SlotFactory.create(doctor__centre__policy=make.published_policy(**terms)))


def refused(appointment: Appointment, slot: Slot, actor: Actor | None = None, **parts: Any) -> Refusal | None:
    """Why the move is refused, after checking that nothing changed."""
    actor = actor or make.patient_of(appointment)
    with nothing_changed(), pytest.raises(NotAllowedError) as error:
        reschedule_appointment(
            appointment_id=appointment.pk, slot_id=slot.pk, actor=actor, **{"now": make.NOW, **parts}
        )
    return error.value.refusal


@pytest.mark.parametrize("bring", ["draft", "checked_in", "cancelled", "rescheduled", "rescheduled, then cancelled"])
def test_move_when_status_is_none_to_move_from(bring: str) -> None:
    appointment = make.held(now=make.NOW - timedelta(minutes=1)) if bring == "draft" else make.booked()
    target = make.moving(appointment)
    if bring == "checked_in":
        check_in(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)
    if bring == "cancelled":
        cancel_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)
    if bring.startswith("rescheduled"):
        elsewhere = make.moving(appointment, starts_at=make.STARTS_AT + timedelta(days=2))
        new = reschedule_appointment(
            appointment_id=appointment.pk, slot_id=elsewhere.pk, actor=make.system(), now=make.NOW
        ).appointment
        if bring.endswith("cancelled"):
            cancel_appointment(appointment_id=new.pk, actor=make.system(), now=make.NOW)

    assert refused(appointment, target) is Refusal.NOT_RESCHEDULABLE


def test_move_when_channel_takes_none() -> None:
    slot = make.SlotFactory.create()
    channel = make.ChannelFactory.create(centre=slot.doctor.centre, self_service=False, entrance_text="the Wallet app")
    appointment = make.booked(slot=slot, channel=channel)

    assert refused(appointment, make.moving(appointment)) is Refusal.USE_CHANNEL


@pytest.mark.parametrize("actor_of", [make.patient_of, make.staff_of])
def test_move_when_started(actor_of: Callable[[Appointment], Actor]) -> None:
    appointment = make.booked()

    assert (
        refused(appointment, make.moving(appointment), actor_of(appointment), now=make.STARTS_AT)
        is Refusal.APPOINTMENT_STARTED
    )


def test_move_when_moved_as_often_as_allowed() -> None:
    appointment = under(max_reschedules=1)
    new = reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=make.moving(appointment).pk,
        actor=make.patient_of(appointment),
        now=make.NOW,
    ).appointment
    new = make.fresh(new)

    assert refused(new, make.moving(new)) is Refusal.MAX_RESCHEDULES


def test_window_when_just_closed() -> None:
    appointment = make.booked()

    assert (
        refused(appointment, make.moving(appointment), now=make.STARTS_AT - timedelta(hours=2) + TICK)
        is Refusal.WINDOW_CLOSED
    )


def test_window_when_exactly_that_is_left() -> None:
    appointment = make.booked()

    reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=make.moving(appointment).pk,
        actor=make.patient_of(appointment),
        now=make.STARTS_AT - timedelta(hours=2),
    )

    assert make.fresh(appointment).status == Appointment.Status.RESCHEDULED


def test_doctor_when_another_and_the_same_is_required() -> None:
    appointment = under(same_doctor_required=True)
    other = make.DoctorFactory.create(centre=appointment.centre)

    assert refused(appointment, make.moving(appointment, doctor=other)) is Refusal.SAME_DOCTOR_REQUIRED


def test_slot_when_in_the_past() -> None:
    appointment = make.booked()

    assert refused(appointment, make.moving(appointment, starts_at=make.NOW)) is Refusal.SLOT_IN_PAST


def test_slot_when_the_same() -> None:
    appointment = make.booked()

    assert refused(appointment, appointment.slot) is Refusal.SAME_SLOT


def test_slot_when_booked_by_another() -> None:
    appointment = make.booked()
    slot = make.moving(appointment)
    make.booked(slot=slot)

    assert refused(appointment, slot) is Refusal.SLOT_UNAVAILABLE


def test_slot_when_held_by_another() -> None:
    appointment = make.booked()
    slot = make.moving(appointment)
    make.held(slot=slot)

    assert refused(appointment, slot) is Refusal.SLOT_UNAVAILABLE


def test_slot_when_held_by_another_who_paid_in_time() -> None:
    appointment = make.booked()
    slot = make.moving(appointment)
    make.captured(make.checkout_for(make.held(slot=slot)))

    assert refused(appointment, slot, now=make.NOW + timedelta(hours=1)) is Refusal.SLOT_UNAVAILABLE


@pytest.mark.parametrize("values", [{"is_withdrawn": True}, {"bookable_from": make.NOW + TICK}])
def test_slot_when_not_offered(values: dict[str, Any]) -> None:
    appointment = make.booked()

    assert refused(appointment, make.moving(appointment, **values)) is Refusal.SLOT_UNAVAILABLE


@pytest.mark.parametrize("actor_of", [make.patient_of, make.doctor_of])
def test_slot_when_of_another_centre(actor_of: Callable[[Appointment], Actor]) -> None:
    appointment = make.booked()
    actor = actor_of(appointment)
    forged = make.SlotFactory.create(starts_at=make.STARTS_AT + timedelta(days=1))

    with nothing_changed(), pytest.raises(Slot.DoesNotExist):
        reschedule_appointment(appointment_id=appointment.pk, slot_id=forged.pk, actor=actor, now=make.NOW)


def test_slot_when_it_does_not_exist() -> None:
    appointment = make.booked()

    with nothing_changed(), pytest.raises(Slot.DoesNotExist):
        reschedule_appointment(appointment_id=appointment.pk, slot_id=0, actor=make.system(), now=make.NOW)


# Who passes the limits

_LIMITED = {"max_reschedules": 0, "reschedule_window_hours": 24, "same_doctor_required": True}


@pytest.mark.parametrize("way", ["override", "for_hospital"])
def test_limits_when_passed(way: str) -> None:
    appointment = under(**_LIMITED)
    other = make.DoctorFactory.create(centre=appointment.centre)
    actor = make.staff_of(appointment, "override_reschedule_rules")

    done = reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=make.moving(appointment, doctor=other).pk,
        actor=actor,
        now=make.STARTS_AT - timedelta(hours=1),
        reason=Reason(make.ReasonCodeFactory.create().code),
        override=way == "override",
        for_hospital=way == "for_hospital",
    )

    assert done.quote.allowed


def test_start_when_hospital_moves_after_it() -> None:
    appointment = make.booked()

    reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=make.moving(appointment).pk,
        actor=make.system(),
        now=make.STARTS_AT + TICK,
    )

    assert make.fresh(appointment).status == Appointment.Status.RESCHEDULED


@pytest.mark.parametrize("actor_of", [make.patient_of, make.staff_of, make.doctor_of])
def test_override_when_without_the_right(actor_of: Callable[[Appointment], Actor]) -> None:
    appointment = make.booked()
    slot, actor = make.moving(appointment), actor_of(appointment)

    with nothing_changed(), pytest.raises(NotPermittedError):
        reschedule_appointment(appointment_id=appointment.pk, slot_id=slot.pk, actor=actor, now=make.NOW, override=True)


def test_for_hospital_when_patient() -> None:
    appointment = make.booked()
    slot, actor = make.moving(appointment), make.patient_of(appointment)

    with nothing_changed(), pytest.raises(NotPermittedError):
        reschedule_appointment(
            appointment_id=appointment.pk, slot_id=slot.pk, actor=actor, now=make.NOW, for_hospital=True
        )


@pytest.mark.parametrize(("code", "error"), [("", ReasonMissingError), ("no-such-code", ReasonUnknownError)])
def test_reason_when_it_will_not_do(code: str, error: type[Exception]) -> None:
    appointment = make.booked()
    slot, actor = make.moving(appointment), make.staff_of(appointment)

    with nothing_changed(), pytest.raises(error):
        reschedule_appointment(
            appointment_id=appointment.pk, slot_id=slot.pk, actor=actor, now=make.NOW, reason=Reason(code)
        )
