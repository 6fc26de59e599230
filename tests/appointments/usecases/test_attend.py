"""The day itself."""

from datetime import timedelta

import pytest

from appointments.errors import WrongStatusError
from appointments.models import Appointment
from appointments.usecases.attend import check_in, complete_appointment, mark_no_show
from tests import factories as make
from tests.appointments.rows import kinds_of, nothing_changed, refunds_of

pytestmark = pytest.mark.django_db


def test_visit_when_it_takes_place() -> None:
    appointment = make.booked()
    actor = make.staff_of(appointment)

    check_in(appointment_id=appointment.pk, actor=actor, now=make.STARTS_AT)
    assert make.fresh(appointment).status == Appointment.Status.CHECKED_IN
    complete_appointment(appointment_id=appointment.pk, actor=actor, now=make.STARTS_AT)

    assert make.fresh(appointment).status == Appointment.Status.COMPLETED
    assert kinds_of(appointment) == ["held", "paid", "confirmed", "checked_in", "completed"]
    assert make.fresh(appointment).chain.held == 100_000
    assert refunds_of(appointment) == []


def test_no_show_when_start_has_come() -> None:
    appointment = make.booked()

    mark_no_show(appointment_id=appointment.pk, actor=make.system(), now=make.STARTS_AT)

    assert make.fresh(appointment).status == Appointment.Status.NO_SHOW


def test_no_show_when_before_the_start() -> None:
    appointment = make.booked()

    with nothing_changed(), pytest.raises(WrongStatusError):
        mark_no_show(appointment_id=appointment.pk, actor=make.system(), now=make.STARTS_AT - timedelta(microseconds=1))


def test_complete_when_nobody_checked_in() -> None:
    appointment = make.booked()

    with nothing_changed(), pytest.raises(WrongStatusError):
        complete_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.STARTS_AT)


def test_check_in_when_done_twice() -> None:
    appointment = make.booked()
    check_in(appointment_id=appointment.pk, actor=make.system(), now=make.STARTS_AT)

    with nothing_changed(), pytest.raises(WrongStatusError):
        check_in(appointment_id=appointment.pk, actor=make.system(), now=make.STARTS_AT)
