"""Whose turn it is when a time is given back, and what an offer holds."""

from datetime import time, timedelta

import pytest

from appointments import queries
from appointments.errors import SlotTakenError
from appointments.models import Appointment, OfferState, OutboxMessage, Slot, SlotOffer
from appointments.usecases.expire import expire_draft
from appointments.usecases.hold import hold_slot
from appointments.usecases.offer_slot import offer_slot
from tests import factories as make
from tests.appointments.waiting.rows import MINUTE, UNTIL, House, fresh_entry, fresh_offer, give_back, offered

pytestmark = pytest.mark.django_db


def is_free(slot: Slot, *, now: object = make.NOW) -> bool:
    return Slot.objects.filter(queries.is_free(now=now), pk=slot.pk).exists()  # type: ignore[arg-type]


def test_time_given_back_when_nobody_waits() -> None:
    slot = give_back(House().booked())

    assert (slot.list_turn_at, is_free(slot)) == (None, True)


def test_time_given_back_when_somebody_waits() -> None:
    house = House()
    house.waits()

    slot = give_back(house.booked())

    assert (slot.list_turn_at, is_free(slot)) == (make.NOW, False)


def test_stranger_when_the_list_was_not_asked_yet() -> None:
    house = House()
    house.waits()
    slot = give_back(house.booked())
    stranger = make.PatientFactory.create()

    with pytest.raises(SlotTakenError):
        hold_slot(
            slot_id=slot.pk, patient_id=stranger.pk, channel_id=house.channel.pk, actor=make.system(), now=make.NOW
        )
    assert not Appointment.objects.filter(chain__patient=stranger).exists()


def test_time_given_back_when_no_worker_asks_the_list() -> None:
    house = House()
    house.waits()
    slot = give_back(house.booked())

    assert not is_free(slot, now=make.NOW + 15 * MINUTE - timedelta(seconds=1))
    assert is_free(slot, now=make.NOW + 15 * MINUTE)


def test_time_given_back_when_the_list_is_off() -> None:
    house = House()
    house.waits()
    house.doctor.centre.waiting_list = False
    house.doctor.centre.save()

    slot = give_back(house.booked())

    assert (slot.list_turn_at, is_free(slot)) == (None, True)


def test_offer_when_two_wait() -> None:
    house = House()
    later = house.waits(now=make.NOW - MINUTE)
    first = house.waits(now=make.NOW - 2 * MINUTE)

    offer = offered(give_back(house.booked()))

    assert (offer.entry_id, offer.until, offer.state) == (first.pk, UNTIL, "offered")
    assert (offer.draft.hold_expires_at, offer.draft.chain.patient_id) == (UNTIL, first.patient_id)
    assert not later.offers.exists()


def test_offer_when_they_joined_at_the_same_instant() -> None:
    house = House()
    first, _second = house.waits(), house.waits()

    assert offered(give_back(house.booked())).entry_id == first.pk


def test_offer_when_it_is_made_twice() -> None:
    house = House()
    house.waits()
    slot = give_back(house.booked())
    offered(slot)

    assert offer_slot(slot_id=slot.pk, now=make.NOW) is None
    assert SlotOffer.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="slot_offered").count() == 1


def test_offer_when_the_first_did_not_answer() -> None:
    house = House()
    first, second = house.waits(), house.waits()
    slot = give_back(house.booked())
    offer = offered(slot)

    expire_draft(appointment_id=offer.draft_id, now=UNTIL)

    assert not is_free(slot, now=UNTIL)
    assert (fresh_offer(offer).state, fresh_entry(first).state) == (OfferState.LAPSED, "waiting")
    assert OutboxMessage.objects.filter(kind="offer_ended", patient=first.patient).count() == 1
    assert offered(slot, now=UNTIL).entry_id == second.pk


def test_offer_when_nobody_is_left_in_line() -> None:
    house = House()
    house.waits()
    slot = give_back(house.booked())
    expire_draft(appointment_id=offered(slot).draft_id, now=UNTIL)

    assert offer_slot(slot_id=slot.pk, now=UNTIL) is None
    assert is_free(slot, now=UNTIL)


def test_offer_when_its_sweep_was_missed() -> None:
    house = House()
    house.waits()
    second = house.waits()
    slot = give_back(house.booked())
    offer = offered(slot)
    Slot.objects.filter(pk=slot.pk).update(list_turn_at=UNTIL)

    late = UNTIL + 30 * MINUTE

    assert offered(slot, now=late).entry_id == second.pk
    assert fresh_offer(offer).state == OfferState.LAPSED


def test_offer_when_the_first_has_another_open_one() -> None:
    house = House()
    house.waits()
    second = house.waits()
    one, other = give_back(house.booked()), give_back(house.booked(hours=1))
    offered(one)

    assert offered(other).entry_id == second.pk


def test_offer_when_the_first_is_elsewhere_at_that_time() -> None:
    house, elsewhere = House(), House()
    first, second = house.waits(), house.waits()
    elsewhere.booked(patient=first.patient)

    assert offered(give_back(house.booked())).entry_id == second.pk


def test_offer_when_the_first_gave_the_time_back() -> None:
    house = House()
    appointment = house.booked()
    house.waits(patient=appointment.chain.patient)
    second = house.waits()

    assert offered(give_back(appointment)).entry_id == second.pk


def test_offer_when_the_first_sleeps() -> None:
    house = House()
    entry = house.waits()
    entry.patient.quiet_from, entry.patient.quiet_until = time(14), time(16)
    entry.patient.save()
    slot = give_back(house.booked())

    awake = make.NOW + 90 * MINUTE  # NOW is 14:30 in Pune

    assert offer_slot(slot_id=slot.pk, now=make.NOW) is None
    assert not is_free(slot)
    assert offered(slot, now=awake).entry_id == entry.pk


def test_offer_when_the_first_sleeps_until_it_is_too_late() -> None:
    house = House()
    entry, awake = house.waits(), house.waits()
    entry.patient.quiet_from, entry.patient.quiet_until = time(13), time(14)  # it is 13:20 in Pune
    entry.patient.save()
    soon = make.booked(
        slot=make.SlotFactory.create(doctor=house.doctor, starts_at=make.STARTS_AT + MINUTE), channel=house.channel
    )
    slot, at = soon.slot, make.STARTS_AT - 70 * MINUTE
    give_back(soon, now=at)

    assert offered(slot, now=at).entry_id == awake.pk


def test_offer_when_it_could_not_stand_long_enough() -> None:
    house = House()
    house.waits()
    appointment = house.booked()
    slot = give_back(appointment)
    at = make.STARTS_AT - 60 * MINUTE

    assert offer_slot(slot_id=slot.pk, now=at) is None
    assert is_free(slot, now=at)


def test_offer_when_the_time_is_shown_as_free_only_later() -> None:
    policy = make.published_policy(slot_release_minutes=60)
    house = House(make.DoctorFactory.create(policy=policy))
    house.waits()
    slot = give_back(house.booked())

    assert slot.list_turn_at == slot.bookable_from == make.NOW + 60 * MINUTE
    assert offer_slot(slot_id=slot.pk, now=make.NOW) is None
    assert offered(slot, now=make.NOW + 60 * MINUTE).slot_id == slot.pk
