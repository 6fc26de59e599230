"""Which freed slot is offered again: what the hospital itself gives up is not."""

import pytest

from appointments import queries
from appointments.models import Appointment
from appointments.reasons import Reason
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import time_out_approval
from appointments.usecases.reschedule import reschedule_appointment
from tests import factories as make

pytestmark = pytest.mark.django_db


def offered(appointment: Appointment) -> bool:
    slots = queries.free_slots(centre_id=appointment.centre.pk, now=make.NOW, until=appointment.slot.ends_at)
    return appointment.slot in slots


def reason() -> Reason:
    return Reason(make.ReasonCodeFactory.create().code)


def test_slot_when_the_patient_cancels() -> None:
    appointment = make.booked()

    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)

    assert offered(appointment)


def test_slot_when_the_doctor_cancels() -> None:
    appointment = make.booked()

    cancel_appointment(appointment_id=appointment.pk, actor=make.doctor_of(appointment), now=make.NOW, reason=reason())

    assert not offered(appointment)


@pytest.mark.parametrize("for_hospital", [True, False])
def test_slot_when_staff_cancel(for_hospital: bool) -> None:  # noqa: FBT001
    appointment = make.booked()

    cancel_appointment(
        appointment_id=appointment.pk,
        actor=make.staff_of(appointment),
        now=make.NOW,
        reason=reason(),
        for_hospital=for_hospital,
    )

    assert offered(appointment) is not for_hospital


def test_slot_when_nobody_approved() -> None:
    appointment = make.pending_approval()

    time_out_approval(appointment_id=appointment.pk, now=make.NOW)

    assert offered(appointment)


def test_old_slot_when_the_hospital_moves() -> None:
    appointment = make.booked()

    reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=make.moving(appointment).pk,
        actor=make.staff_of(appointment),
        now=make.NOW,
        reason=reason(),
        for_hospital=True,
    )

    assert not offered(appointment)
