"""A doctor with patients, and a leave called over them."""

from datetime import datetime, timedelta
from typing import Any

from appointments.actor import Actor
from appointments.leave import queries as leave_queries
from appointments.models import Appointment, Doctor, EmergencyLeave, LeaveCase, Slot
from appointments.usecases.emergency_leave import prepare_leave, start_leave
from appointments.usecases.leave_case import work_case
from tests import factories as make

MANAGER = Actor.system("test manager")
DAY = make.STARTS_AT.date()
ANSWER_BY = make.NOW + timedelta(hours=48)


def booking(doctor: Doctor, *, minutes: int = 0, **parts: Any) -> Appointment:
    """Return a paid appointment so long after STARTS_AT."""
    return make.booked(slot=time_of(doctor, minutes=minutes), **parts)


def time_of(doctor: Doctor, *, minutes: int = 0, days: int = 0, price: int = 100_000) -> Slot:
    """Return a free time of the doctor so long after STARTS_AT."""
    start = make.STARTS_AT + timedelta(days=days, minutes=minutes)
    return make.SlotFactory.create(doctor=doctor, starts_at=start, price=price)


def colleague(doctor: Doctor) -> Doctor:
    """Return a doctor of the same centre and specialty."""
    return make.DoctorFactory.create(centre=doctor.centre, specialty=doctor.specialty)


def prepared(doctor: Doctor, *, now: datetime = make.NOW) -> EmergencyLeave:
    """Return a leave for the day of STARTS_AT that nobody has confirmed yet."""
    return prepare_leave(doctor=doctor, first_day=DAY, last_day=DAY, note="ill", actor=MANAGER, now=now)


def started(doctor: Doctor, *, now: datetime = make.NOW) -> EmergencyLeave:
    """Return a leave that was confirmed; nobody was told yet."""
    leave = prepared(doctor, now=now)
    done = start_leave(leave_id=leave.pk, count=len(leave.seen), actor=MANAGER, now=now)
    assert done.difference is None
    return EmergencyLeave.objects.get(pk=leave.pk)


def worked(doctor: Doctor, *, now: datetime = make.NOW) -> EmergencyLeave:
    """Return a leave whose patients were all told."""
    leave = started(doctor, now=now)
    for pk in leave_queries.planned_case_ids(limit=100):
        work_case(case_id=pk, now=now)
    return leave


def case_of(appointment: Appointment) -> LeaveCase:
    return LeaveCase.objects.get(appointment=appointment)


def held_for(appointment: Appointment) -> list[int]:
    """The slots held for a patient, in the order they were dealt."""
    return list(case_of(appointment).alternatives.filter(is_held=True).values_list("slot", flat=True))
