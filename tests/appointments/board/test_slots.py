"""How a time stands, said in one place."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from appointments.board.slots import SlotSeen, SlotState, see_slots
from appointments.models import Doctor, Slot, SlotOffer
from appointments.usecases.cancel import cancel_appointment
from tests import factories as make
from tests.appointments.leave.rows import booking, colleague, held_for, time_of, worked
from tests.appointments.waiting.rows import House, give_back, offered

HOUR = timedelta(hours=1)


@pytest.fixture
def doctor(db: None) -> Doctor:
    return make.DoctorFactory.create()


def seen(slot: Slot, *, now: datetime) -> SlotSeen:
    (one,) = see_slots(Slot.objects.filter(pk=slot.pk).select_related("doctor__centre"), now=now)
    return one


def test_slot_when_nobody_has_it(doctor: Doctor, now: datetime) -> None:
    slot = time_of(doctor)

    assert seen(slot, now=now) == SlotSeen(slot, SlotState.FREE)
    assert seen(slot, now=slot.starts_at) == SlotSeen(slot, SlotState.OVER)


def test_slot_when_booked_and_cancelled(doctor: Doctor, now: datetime) -> None:
    appointment = booking(doctor)
    assert seen(appointment.slot, now=now) == SlotSeen(appointment.slot, SlotState.BOOKED, appointment)

    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=now)

    assert seen(appointment.slot, now=now).state is SlotState.FREE


def test_slot_when_held(doctor: Doctor, now: datetime) -> None:
    draft = make.held(slot=time_of(doctor))
    assert draft.hold_expires_at is not None

    assert seen(draft.slot, now=now) == SlotSeen(draft.slot, SlotState.HELD, draft)
    assert seen(draft.slot, now=draft.hold_expires_at).state is SlotState.FREE


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"is_withdrawn": True}, SlotState.CLOSED),
        ({"bookable_from": make.NOW + HOUR}, SlotState.LATER),
        ({"bookable_from": make.NOW}, SlotState.FREE),
        ({"bookable_from": make.STARTS_AT}, SlotState.CLOSED),
    ],
)
def test_slot_when_given_back(doctor: Doctor, now: datetime, fields: dict[str, object], state: SlotState) -> None:
    slot = time_of(doctor)
    Slot.objects.filter(pk=slot.pk).update(**fields)

    assert seen(slot, now=now).state is state


def test_slot_when_kept_for_a_patient_of_an_absent_doctor(doctor: Doctor, now: datetime) -> None:
    appointment = booking(doctor)
    kept = time_of(colleague(doctor), days=1)
    worked(doctor)
    assert held_for(appointment) == [kept.pk]

    assert seen(kept, now=now) == SlotSeen(kept, SlotState.OFFERED, offered_to=appointment.chain.patient)
    assert seen(appointment.slot, now=now).state is SlotState.BOOKED
    assert seen(kept, now=now + 50 * HOUR).state is SlotState.FREE


def test_slot_when_offered_to_somebody_who_waits(doctor: Doctor, now: datetime) -> None:
    """The draft of the offer holds it; nobody has taken it yet."""
    house = House(doctor)
    given_up, entry = house.booked(), house.waits()
    offer = offered(give_back(given_up))

    assert seen(offer.slot, now=now) == SlotSeen(offer.slot, SlotState.OFFERED, offer.draft, entry.patient)
    SlotOffer.objects.update(state="taken")
    assert seen(offer.slot, now=now) == SlotSeen(offer.slot, SlotState.HELD, offer.draft)


def test_queries_when_there_are_more(
    doctor: Doctor, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        slot = time_of(doctor, minutes=30 * number)
        if number % 2:
            make.held(slot=slot)

    with django_assert_num_queries(5):
        found = see_slots(doctor.slots.select_related("doctor__centre").order_by("starts_at"), now=now)

    assert [one.state for one in found] == [SlotState.FREE, SlotState.HELD] * 3
