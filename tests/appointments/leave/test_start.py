"""Preparing and starting an emergency leave."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from appointments import queries
from appointments.errors import SlotTakenError
from appointments.leave.preview import Difference, preview_leave
from appointments.models import Doctor, EmergencyLeave, LeaveAlternative, LeaveCase, Slot
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.emergency_leave import (
    LeaveDaysError,
    WrongCountError,
    prepare_leave,
    start_leave,
)
from tests import factories as make
from tests.appointments.leave.rows import (
    ANSWER_BY,
    DAY,
    MANAGER,
    booking,
    case_of,
    colleague,
    held_for,
    prepared,
    started,
    time_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    return make.DoctorFactory.create()


def test_preview_when_all_kinds_are_there(doctor: Doctor) -> None:
    paid = booking(doctor, insured=40_000)
    phone_only = booking(doctor, minutes=30, patient=make.PatientFactory.create(email=""))
    draft = make.held(slot=time_of(doctor, minutes=60))
    here = booking(doctor, minutes=90)
    make.fresh(here)
    from appointments.usecases.attend import check_in

    check_in(appointment_id=here.pk, actor=MANAGER, now=make.NOW)
    later, nearby = time_of(doctor, days=1), time_of(colleague(doctor), minutes=15)

    preview = preview_leave(leave=prepared(doctor), now=make.NOW)

    assert [one.appointment for one in preview.people] == [paid, phone_only]
    assert [one.times for one in preview.people] == [(later,), (nearby,)]
    assert [one.appointment for one in preview.drafts] == [draft]
    assert list(preview.here) == [here]
    assert (preview.refund, preview.insured) == (160_000, 40_000)
    assert (preview.phone_only, preview.without_times, preview.times) == (1, 0, 2)


def test_preview_when_others_are_elsewhere(doctor: Doctor) -> None:
    """Other days, other doctors, and what is over are not in it."""
    make.booked(slot=time_of(doctor, days=1))
    booking(colleague(doctor))
    gone = booking(doctor)
    cancel_appointment(appointment_id=gone.pk, actor=make.patient_of(gone), now=make.NOW)

    assert preview_leave(leave=prepared(doctor), now=make.NOW).affected == ()


def test_times_when_they_do_not_suit(doctor: Doctor) -> None:
    """Neither another specialty, nor another centre, nor withdrawn, nor taken, nor too soon."""
    booking(doctor)
    time_of(make.DoctorFactory.create(centre=doctor.centre, specialty="Dermatology"))
    time_of(make.DoctorFactory.create(specialty=doctor.specialty))
    Slot.objects.filter(pk=time_of(colleague(doctor)).pk).update(is_withdrawn=True)
    make.held(slot=time_of(colleague(doctor)))
    make.SlotFactory.create(doctor=colleague(doctor), starts_at=make.NOW + timedelta(hours=1))

    assert preview_leave(leave=prepared(doctor), now=make.NOW).times == 0


def test_preview_when_many(doctor: Doctor, django_assert_num_queries: object) -> None:
    for number in range(4):
        booking(doctor, minutes=30 * number)
    leave = prepared(doctor)

    with django_assert_num_queries(4):  # type: ignore[operator]
        assert len(preview_leave(leave=leave, now=make.NOW).people) == 4


@pytest.mark.parametrize(
    ("first", "last"), [(-1, 3), (3, 2), (0, 92), (367, 367)], ids=["past", "wrong way round", "too long", "far away"]
)
def test_leave_when_the_days_make_none(doctor: Doctor, first: int, last: int) -> None:
    today = make.NOW.date()
    days = {"first_day": today + timedelta(days=first), "last_day": today + timedelta(days=last)}

    with pytest.raises(LeaveDaysError):
        prepare_leave(doctor=doctor, **days, note="", actor=MANAGER, now=make.NOW)

    assert not EmergencyLeave.objects.exists()


def test_leave_when_it_begins_today(doctor: Doctor) -> None:
    today = make.NOW.date()
    leave = prepare_leave(doctor=doctor, first_day=today, last_day=today, note="", actor=MANAGER, now=make.NOW)

    assert (leave.starts_at, leave.ends_at.astimezone(doctor.centre.zone).isoformat()) == (
        make.NOW,
        "2026-11-03T00:00:00+05:30",
    )


def test_start_when_confirmed(doctor: Doctor) -> None:
    first, second = booking(doctor), booking(doctor, minutes=30)
    free = time_of(doctor, minutes=60)
    other = time_of(doctor, days=1)

    leave = started(doctor)

    assert (leave.people, leave.refund, leave.insured, leave.answer_by) == (2, 200_000, 0, ANSWER_BY)
    assert leave.started_by == MANAGER.label
    assert [case_of(one).state for one in (first, second)] == ["planned", "planned"]
    assert set(Slot.objects.filter(is_withdrawn=True)) == {first.slot, second.slot, free}
    assert (held_for(first), held_for(second)) == ([other.pk], [])


def test_start_when_the_count_is_wrong(doctor: Doctor) -> None:
    booking(doctor)
    leave = prepared(doctor)

    with pytest.raises(WrongCountError) as error:
        start_leave(leave_id=leave.pk, count=2, actor=MANAGER, now=make.NOW)

    assert error.value.people == 1
    assert not LeaveCase.objects.exists()
    assert not Slot.objects.filter(is_withdrawn=True).exists()


def test_start_when_the_set_has_changed(doctor: Doctor) -> None:
    """The difference first; then the same button starts it."""
    stays, goes = booking(doctor), booking(doctor, minutes=30)
    leave = prepared(doctor)
    cancel_appointment(appointment_id=goes.pk, actor=make.patient_of(goes), now=make.NOW)
    comes = booking(doctor, minutes=60)

    first = start_leave(leave_id=leave.pk, count=2, actor=MANAGER, now=make.NOW)

    assert first.difference == Difference(added=(comes.pk,), gone=(goes.pk,), changed=())
    assert not LeaveCase.objects.exists()
    assert not Slot.objects.filter(doctor=doctor, is_withdrawn=True).exists()

    second = start_leave(leave_id=leave.pk, count=2, actor=MANAGER, now=make.NOW)

    assert second.difference is None
    assert set(LeaveCase.objects.values_list("appointment", flat=True)) == {stays.pk, comes.pk}


def test_start_when_the_money_has_changed(doctor: Doctor) -> None:
    draft = make.held(slot=time_of(doctor))
    leave = prepared(doctor)
    make.pay(draft)

    done = start_leave(leave_id=leave.pk, count=0, actor=MANAGER, now=make.NOW)

    assert done.difference == Difference(added=(draft.pk,), gone=(), changed=())


def test_start_when_started_twice(doctor: Doctor) -> None:
    booking(doctor)
    leave = started(doctor)

    again = start_leave(leave_id=leave.pk, count=99, actor=MANAGER, now=make.NOW + timedelta(hours=1))

    assert (again.leave, again.difference) == (leave, None)
    assert again.leave.started_at == make.NOW
    assert LeaveCase.objects.count() == 1


def test_slot_when_a_leave_has_started(doctor: Doctor) -> None:
    free = time_of(doctor, minutes=30)
    booking(doctor)
    started(doctor)

    with pytest.raises(SlotTakenError):
        make.held(slot=free)


def test_held_time_when_somebody_else_wants_it(doctor: Doctor) -> None:
    booking(doctor)
    kept = time_of(doctor, days=1)
    started(doctor)
    span: dict[str, Any] = {"centre_id": doctor.centre_id, "until": make.NOW + timedelta(days=9)}

    assert kept not in queries.free_slots(now=make.NOW, **span)
    assert kept in queries.free_slots(now=ANSWER_BY, **span)
    with pytest.raises(SlotTakenError):
        make.held(slot=kept)


def test_second_leave_when_days_overlap(doctor: Doctor) -> None:
    """Whoever is asked already is not asked again, and no time is held for two."""
    first = booking(doctor)
    kept = time_of(doctor, days=1)
    started(doctor)
    second = booking(colleague(doctor))

    assert preview_leave(leave=prepared(doctor), now=make.NOW).affected == ()
    assert [one.times for one in preview_leave(leave=prepared(second.slot.doctor), now=make.NOW).people] == [()]
    with pytest.raises(IntegrityError), transaction.atomic():
        LeaveAlternative.objects.create(case=case_of(first), slot=kept, rank=9, held_until=ANSWER_BY)


@pytest.mark.parametrize("change", [{"people": 0}, {"doctor": None}, {"answer_by": ANSWER_BY + timedelta(days=9)}])
def test_leave_when_changed_after_the_start(doctor: Doctor, change: dict[str, object]) -> None:
    booking(doctor)
    leave = started(doctor)
    if "doctor" in change:
        change = {"doctor": colleague(doctor)}

    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyLeave.objects.filter(pk=leave.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyLeave.objects.filter(pk=leave.pk)._raw_delete("default")

    assert (EmergencyLeave.objects.get(pk=leave.pk).people, str(DAY)) == (1, str(leave.first_day))
