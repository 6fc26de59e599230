"""Planned leave: withdrawn where nothing is booked, refused where something is, put back when it is called off."""

from datetime import date, datetime, time, timedelta

import pytest

from appointments.models import Doctor, PlannedLeave, Slot
from appointments.usecases.holidays import take_over_holidays
from appointments.usecases.make_slots import make_slots
from appointments.usecases.plan_leave import (
    BookedInLeaveError,
    PlannedDaysError,
    call_off_leave,
    plan_leave,
)
from tests import factories as make

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 9)
SOMEBODY = make.system()


@pytest.fixture
def doctor(now: datetime) -> Doctor:
    """Slots on two Mondays out of weekly hours, and one by hand on the first at 15:00."""
    doctor = make.DoctorFactory.create(centre__slot_horizon_days=14)
    make.WeeklyHoursFactory.create(doctor=doctor, ends=time(9, 30))
    make_slots(doctor_id=doctor.pk, now=now)
    make.SlotFactory.create(doctor=doctor, starts_at=datetime.combine(MONDAY, time(15), doctor.centre.zone))
    return doctor


def on_offer(doctor: Doctor) -> list[str]:
    slots = Slot.objects.filter(doctor=doctor, is_withdrawn=False).order_by("starts_at")
    return [f"{slot.starts_at.astimezone(doctor.centre.zone):%d %H:%M}" for slot in slots]


def plan(doctor: Doctor, now: datetime, *, first: date = MONDAY, last: date = MONDAY) -> PlannedLeave:
    return plan_leave(doctor=doctor, first_day=first, last_day=last, note="", actor=SOMEBODY, now=now).leave


EVERYTHING = ["09 09:00", "09 15:00", "16 09:00"]


def test_leave_when_planned_and_called_off(doctor: Doctor, now: datetime) -> None:
    leave = plan(doctor, now)
    away = on_offer(doctor)
    make_slots(doctor_id=doctor.pk, now=now)
    still_away = on_offer(doctor)

    back = call_off_leave(leave_id=leave.pk, now=now)

    assert (away, still_away) == (["16 09:00"], ["16 09:00"])
    assert (back, on_offer(doctor)) == (2, EVERYTHING)
    assert not PlannedLeave.objects.exists()


def test_leave_when_another_covers_the_day(doctor: Doctor, now: datetime) -> None:
    leave = plan(doctor, now)
    plan(doctor, now, last=MONDAY + timedelta(days=1))

    assert call_off_leave(leave_id=leave.pk, now=now) == 0
    assert on_offer(doctor) == ["16 09:00"]


@pytest.mark.parametrize("how", [make.booked, make.held])
def test_leave_when_a_slot_is_taken(how: object, doctor: Doctor, now: datetime) -> None:
    slot = Slot.objects.filter(doctor=doctor).earliest("starts_at")
    make.held(slot=slot, now=now) if how is make.held else make.booked(slot=slot, booked_at=now)

    with pytest.raises(BookedInLeaveError) as raised:
        plan(doctor, now)

    assert raised.value.taken == 1
    assert (on_offer(doctor), PlannedLeave.objects.exists()) == (EVERYTHING, False)


def test_leave_when_withdrawn_by_a_person(doctor: Doctor, now: datetime) -> None:
    Slot.objects.filter(doctor=doctor, is_generated=False).update(is_withdrawn=True)

    call_off_leave(leave_id=plan(doctor, now).pk, now=now)

    assert on_offer(doctor) == ["09 09:00", "16 09:00"]


@pytest.mark.parametrize(("first", "last"), [(-1, 0), (5, 4), (1, 367), (700, 732)])
def test_leave_when_the_days_will_not_do(first: int, last: int, doctor: Doctor, now: datetime) -> None:
    today = now.astimezone(doctor.centre.zone).date()

    with pytest.raises(PlannedDaysError):
        plan(doctor, now, first=today + timedelta(days=first), last=today + timedelta(days=last))

    assert on_offer(doctor) == EVERYTHING


def test_leave_when_over(doctor: Doctor, now: datetime) -> None:
    leave = plan(doctor, now)

    with pytest.raises(PlannedDaysError):
        call_off_leave(leave_id=leave.pk, now=now + timedelta(days=8))

    assert PlannedLeave.objects.exists()


def test_holidays_when_taken_over_twice(now: datetime) -> None:
    centre = make.CentreFactory.create(country="IN", region="MH")
    centre.closed_days.create(on=date(2026, 12, 25), name="Our Christmas")

    first = take_over_holidays(centre=centre, year=2026, actor=SOMEBODY, now=now)
    centre.closed_days.filter(on=date(2026, 1, 26)).delete()
    again = take_over_holidays(centre=centre, year=2026, actor=SOMEBODY, now=now)

    days = dict(centre.closed_days.values_list("on", "name"))
    assert (len(days), again) == (first, 0)
    assert days[date(2026, 12, 25)] == "Our Christmas"
    assert date(2026, 1, 26) not in days
    assert date(2026, 8, 15) in days
