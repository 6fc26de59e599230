"""Slots follow the weekly hours: made, withdrawn and put back, bookings and hand-made ones left alone."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine

from appointments.models import ClosedDay, Doctor, EmergencyLeave, HolidayYear, PlannedLeave, Slot, WeeklyHours
from appointments.tasks import make_all_slots
from appointments.usecases.make_slots import make_slots, preview_slots
from tests import factories as make

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 9)


@pytest.fixture
def doctor() -> Doctor:
    """A doctor in Pune, Mondays from 9:00 to 10:30 for 1,000 rupees each half hour; slots are made two weeks ahead."""
    doctor = make.DoctorFactory.create(centre__slot_horizon_days=14)
    make.WeeklyHoursFactory.create(doctor=doctor)
    return doctor


def shown(doctor: Doctor) -> list[str]:
    """What is on offer from the second Monday on, on the centre's clock."""
    slots = Slot.objects.filter(doctor=doctor, is_withdrawn=False).order_by("starts_at")
    return [f"{slot.starts_at.astimezone(doctor.centre.zone):%d %H:%M}" for slot in slots]


def slot_at(doctor: Doctor, clock: time) -> Slot:
    return Slot.objects.get(doctor=doctor, starts_at=datetime.combine(MONDAY, clock, doctor.centre.zone))


TWO_MONDAYS = ["09 09:00", "09 09:30", "09 10:00", "16 09:00", "16 09:30", "16 10:00"]


def test_make_slots_when_run_again(doctor: Doctor, now: datetime) -> None:
    first = make_slots(doctor_id=doctor.pk, now=now)
    again = make_slots(doctor_id=doctor.pk, now=now)

    assert shown(doctor) == TWO_MONDAYS
    assert set(Slot.objects.values_list("price", "is_generated")) == {(100_000, True)}
    assert (len(first.make), len(again.make), again.touched, again.stay) == (6, 0, set(), 6)


def test_make_slots_when_a_day_has_passed(doctor: Doctor, now: datetime) -> None:
    make_slots(doctor_id=doctor.pk, now=now)

    assert len(make_slots(doctor_id=doctor.pk, now=now + timedelta(days=6)).make) == 0
    assert len(make_slots(doctor_id=doctor.pk, now=now + timedelta(days=7)).make) == 3


def test_make_slots_when_hours_change(doctor: Doctor, now: datetime) -> None:
    make_slots(doctor_id=doctor.pk, now=now)
    booked = make.booked(slot=slot_at(doctor, time(9, 30)), booked_at=now)
    WeeklyHours.objects.update(begins=time(9, 15))

    done = make_slots(doctor_id=doctor.pk, now=now)

    assert shown(doctor) == ["09 09:30", "16 09:15", "16 09:45"]
    assert (done.outside, len(done.withdraw), len(done.in_the_way)) == ([booked.slot_id], 5, 2)
    booked.slot.refresh_from_db()
    assert not booked.slot.is_withdrawn


def test_make_slots_when_hours_change_back(doctor: Doctor, now: datetime) -> None:
    make_slots(doctor_id=doctor.pk, now=now)
    before = set(Slot.objects.values_list("pk", flat=True))
    WeeklyHours.objects.update(weekday=1)
    make_slots(doctor_id=doctor.pk, now=now)
    WeeklyHours.objects.update(weekday=0)

    make_slots(doctor_id=doctor.pk, now=now)

    assert shown(doctor) == TWO_MONDAYS
    assert set(Slot.objects.filter(is_withdrawn=False).values_list("pk", flat=True)) == before


def test_make_slots_when_the_price_changes(doctor: Doctor, now: datetime) -> None:
    make_slots(doctor_id=doctor.pk, now=now)
    WeeklyHours.objects.update(price=120_000)

    make_slots(doctor_id=doctor.pk, now=now)

    assert shown(doctor) == TWO_MONDAYS
    assert set(Slot.objects.filter(is_withdrawn=False).values_list("price", flat=True)) == {120_000}


def test_make_slots_when_hours_are_gone(doctor: Doctor, now: datetime) -> None:
    make_slots(doctor_id=doctor.pk, now=now)
    WeeklyHours.objects.all().delete()

    with time_machine.travel(now, tick=False):
        make_all_slots()

    assert shown(doctor) == []


def test_make_slots_when_made_or_withdrawn_by_hand(doctor: Doctor, now: datetime) -> None:
    make_slots(doctor_id=doctor.pk, now=now)
    Slot.objects.filter(pk=slot_at(doctor, time(9)).pk).update(is_withdrawn=True)
    by_hand = make.SlotFactory.create(doctor=doctor, starts_at=now + timedelta(days=1))

    done = make_slots(doctor_id=doctor.pk, now=now)

    assert (done.make, done.touched, len(done.in_the_way)) == ([], set(), 1)
    by_hand.refresh_from_db()
    assert not by_hand.is_withdrawn


def test_make_slots_when_held(doctor: Doctor, now: datetime) -> None:
    make_slots(doctor_id=doctor.pk, now=now)
    draft = make.held(slot=slot_at(doctor, time(9)), now=now)
    WeeklyHours.objects.all().delete()

    done = make_slots(doctor_id=doctor.pk, now=now)

    assert (shown(doctor), done.outside) == (["09 09:00"], [draft.slot_id])


def test_make_slots_when_the_day_is_closed(doctor: Doctor, now: datetime) -> None:
    ClosedDay.objects.create(centre=doctor.centre, on=MONDAY, name="Inventory")

    make_slots(doctor_id=doctor.pk, now=now)

    assert shown(doctor) == TWO_MONDAYS[3:]


def test_make_slots_when_the_day_is_a_public_holiday(doctor: Doctor, now: datetime) -> None:
    centre = doctor.centre
    centre.country, centre.region = "IN", "MH"
    centre.save(update_fields=["country", "region"])
    WeeklyHours.objects.update(weekday=4)  # Christmas 2026 is a Friday
    december = now.replace(month=12, day=20)

    make_slots(doctor_id=doctor.pk, now=december)
    without = shown(doctor)
    HolidayYear.objects.create(centre=centre, year=2026, taken_at=now, taken_by="test")
    make_slots(doctor_id=doctor.pk, now=december)

    # Taken over and then struck off the list of closed days: the centre works.
    assert (without[0], shown(doctor)[0]) == ("01 09:00", "25 09:00")


@pytest.mark.parametrize("kind", ["planned", "emergency"])
def test_make_slots_when_the_doctor_is_away(kind: str, doctor: Doctor, now: datetime) -> None:
    days = {"doctor": doctor, "first_day": MONDAY, "last_day": MONDAY}
    if kind == "planned":
        PlannedLeave.objects.create(**days, entered_at=now, entered_by="test")
    else:
        start = datetime.combine(MONDAY, time.min, doctor.centre.zone)
        span = {"starts_at": start, "ends_at": start + timedelta(days=1)}
        who = {"prepared_by": "x", "started_by": "x", "prepared_at": now, "started_at": now, "answer_by": now}
        EmergencyLeave.objects.create(**days, **span, **who)

    make_slots(doctor_id=doctor.pk, now=now)

    assert shown(doctor) == TWO_MONDAYS[3:]


def test_make_slots_when_fewer_days_are_made(doctor: Doctor, now: datetime) -> None:
    make_slots(doctor_id=doctor.pk, now=now)
    doctor.centre.slot_horizon_days = 3
    doctor.centre.save(update_fields=["slot_horizon_days"])

    assert make_slots(doctor_id=doctor.pk, now=now).touched == set()
    WeeklyHours.objects.all().delete()
    assert len(make_slots(doctor_id=doctor.pk, now=now).withdraw) == 6


def test_preview_when_looked_at(doctor: Doctor, now: datetime) -> None:
    preview = preview_slots(doctor_id=doctor.pk, now=now)

    assert (len(preview.plan.make), Slot.objects.count()) == (6, 0)
