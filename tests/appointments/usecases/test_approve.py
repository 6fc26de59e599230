"""Approving and declining."""

from typing import Any

import pytest

from appointments.errors import WrongStatusError
from appointments.models import Appointment
from appointments.reasons import Reason
from appointments.usecases.book import approve_appointment
from appointments.usecases.cancel import cancel_appointment
from tests import factories as make
from tests.appointments.rows import kinds_of, messages_of, nothing_changed, refunds_of

pytestmark = pytest.mark.django_db


def test_approve_when_waiting() -> None:
    appointment = make.pending_approval()
    doctor = make.doctor_of(appointment)

    event = approve_appointment(appointment_id=appointment.pk, actor=doctor, now=make.NOW)

    assert make.fresh(appointment).status == Appointment.Status.CONFIRMED
    assert (event.from_status, event.to_status, event.actor_label) == ("pending_approval", "confirmed", doctor.label)
    assert messages_of(appointment) == ["booked", "submitted"]


@pytest.mark.parametrize("builder", [make.held, make.booked])
def test_approve_when_nothing_waits(builder: Any) -> None:
    appointment = builder()

    with nothing_changed(), pytest.raises(WrongStatusError):
        approve_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)


def test_decline_when_doctor_does() -> None:
    appointment = make.pending_approval()
    reason = Reason(make.ReasonCodeFactory.create().code)

    cancel_appointment(appointment_id=appointment.pk, actor=make.doctor_of(appointment), now=make.NOW, reason=reason)

    assert kinds_of(appointment) == ["held", "paid", "submitted", "cancelled"]
    assert refunds_of(appointment) == [("original", 100_000)]
    with nothing_changed(), pytest.raises(WrongStatusError):
        approve_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)
