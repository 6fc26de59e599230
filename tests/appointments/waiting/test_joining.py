"""Joining the list, one's place in it, and how an entry ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from appointments.models import EntryState, OfferState, OutboxMessage, WaitingEntry
from appointments.usecases.wait import CannotWaitError, Waiting, end_entry, join_list, join_to_move, run_out_entry
from appointments.waiting.line import place_of, run_out_entries
from tests import factories as make
from tests.appointments.waiting.rows import DAY, MINUTE, House, actor_of, fresh_entry, fresh_offer, give_back, offered

pytestmark = pytest.mark.django_db


def test_place_when_others_joined_before() -> None:
    house = House()
    house.waits(doctor=False)
    second = house.waits()
    house.waits()

    assert place_of(second) == 2


def test_place_when_the_days_are_others() -> None:
    house = House()
    house.waits(last_day=DAY, first_day=DAY)
    alone = house.waits(first_day=DAY + timedelta(days=1), last_day=DAY + timedelta(days=2))

    assert place_of(alone) == 1


def test_place_when_the_times_of_day_are_others() -> None:
    house = House()
    house.waits(afternoons=False, evenings=False)
    alone = house.waits(mornings=False)

    assert place_of(alone) == 1


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"first_day": make.NOW.date() - timedelta(days=1)}, "days"),
        ({"last_day": DAY - timedelta(days=1)}, "days"),
        ({"last_day": DAY + timedelta(days=400)}, "days"),
    ],
)
def test_joining_when_the_days_will_not_do(wish: dict[str, Any], code: str) -> None:
    with pytest.raises(CannotWaitError) as refused:
        House().waits(**wish)

    assert refused.value.code == code
    assert not WaitingEntry.objects.exists()


def test_joining_when_one_waits_for_it_already() -> None:
    house = House()
    patient = house.waits().patient

    with pytest.raises(CannotWaitError) as refused:
        house.waits(patient=patient)

    assert refused.value.code == "waits_already"
    assert WaitingEntry.objects.count() == 1


def test_joining_when_the_list_is_closed() -> None:
    house = House()
    house.doctor.centre.waiting_list = False

    with pytest.raises(CannotWaitError) as refused:
        house.waits()

    assert refused.value.code == "list_closed"


def test_joining_when_too_much_is_waited_for() -> None:
    house = House()
    patient = make.PatientFactory.create()
    for number in range(10):
        asked = Waiting(specialty=f"Specialty {number}", first_day=DAY, last_day=DAY)
        join_list(patient_id=patient.pk, centre=house.doctor.centre, wish=asked, actor=actor_of(patient), now=make.NOW)

    with pytest.raises(CannotWaitError) as refused:
        house.waits(patient=patient)

    assert refused.value.code == "too_many"


def test_joining_to_move_when_the_appointment_cannot_be_moved() -> None:
    house = House(make.DoctorFactory.create(policy=make.published_policy(max_reschedules=0)))
    own = house.booked()

    with pytest.raises(CannotWaitError) as refused:
        house.waits_to_move(own)

    assert refused.value.code == "cannot_move"


def test_joining_to_move_when_the_days_are_later() -> None:
    house = House()
    own = house.booked()
    wish = Waiting(doctor_id=house.doctor.pk, first_day=DAY, last_day=DAY + timedelta(days=1))

    with pytest.raises(CannotWaitError) as refused:
        join_to_move(appointment_id=own.pk, wish=wish, actor=make.patient_of(own), now=make.NOW)

    assert refused.value.code == "days"


def test_joining_to_move_tells_the_patient() -> None:
    house = House()
    own = house.booked()

    house.waits_to_move(own)

    assert OutboxMessage.objects.get(kind="waiting_joined").patient == own.chain.patient


def test_leaving_when_a_time_is_offered_passes_it_on() -> None:
    house = House()
    entry, second = house.waits(), house.waits()
    offer = offered(give_back(house.booked()))

    assert end_entry(entry_id=entry.pk, state=EntryState.LEFT, actor=actor_of(entry.patient), now=make.NOW)

    assert (fresh_entry(entry).state, fresh_offer(offer).state) == (EntryState.LEFT, OfferState.DECLINED)
    assert offered(offer.slot).entry_id == second.pk


def test_leaving_when_it_was_left_before() -> None:
    entry = House().waits()
    actor = actor_of(entry.patient)
    end_entry(entry_id=entry.pk, state=EntryState.LEFT, actor=actor, now=make.NOW)

    assert not end_entry(entry_id=entry.pk, state=EntryState.LEFT, actor=actor, now=make.NOW + MINUTE)
    assert fresh_entry(entry).ended_at == make.NOW


def test_entry_when_its_last_day_is_over_on_the_centres_clock() -> None:
    entry = House().waits(first_day=make.NOW.date(), last_day=make.NOW.date())
    midnight = make.NOW.replace(hour=18, minute=30)  # in Pune

    assert run_out_entries(now=midnight - MINUTE, limit=10) == []
    assert run_out_entries(now=midnight, limit=10) == [entry.pk]
    run_out_entry(entry_id=entry.pk, now=midnight)
    assert fresh_entry(entry).state == EntryState.RUN_OUT


@pytest.mark.parametrize(
    "change", [{"state": "waiting", "ended_at": None, "ended_by": ""}, {"joined_at": make.LONG_AGO}]
)
def test_ended_entry_when_somebody_writes_to_the_database(change: dict[str, object]) -> None:
    entry = House().waits()
    end_entry(entry_id=entry.pk, state=EntryState.LEFT, actor=actor_of(entry.patient), now=make.NOW)

    with pytest.raises(DatabaseError), transaction.atomic():
        WaitingEntry.objects.filter(pk=entry.pk).update(**change)
    assert fresh_entry(entry).state == EntryState.LEFT


def test_place_in_line_when_somebody_writes_to_the_database() -> None:
    entry = House().waits()

    with pytest.raises(DatabaseError, match="waiting_entry_keeps_its_place"), transaction.atomic():
        WaitingEntry.objects.filter(pk=entry.pk).update(joined_at=make.LONG_AGO)
    assert fresh_entry(entry).joined_at == make.NOW
