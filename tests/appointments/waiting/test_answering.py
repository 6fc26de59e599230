"""Taking an offer, saying no, and what becomes of the entry."""

import pytest

from appointments.models import Appointment, EntryState, OfferState, OutboxMessage, Slot, SlotOffer, WaitingEntry
from appointments.usecases.answer_offer import OfferGoneError, decline_offer, take_offer
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import expire_draft
from appointments.usecases.offer_slot import offer_slot
from refunds.models import Payment
from tests import factories as make
from tests.appointments.waiting.rows import (
    MINUTE,
    UNTIL,
    House,
    actor_of,
    fresh_entry,
    fresh_offer,
    give_back,
    offered,
)

pytestmark = pytest.mark.django_db


def take(offer: SlotOffer, *, now: object = make.NOW) -> Appointment:
    actor = actor_of(offer.entry.patient)
    return take_offer(draft_id=offer.draft_id, actor=actor, now=now).appointment  # type: ignore[arg-type]


def first_offer(house: House) -> SlotOffer:
    house.waits()
    return offered(give_back(house.booked()))


def test_offer_when_it_is_taken_and_paid() -> None:
    offer = first_offer(House())

    draft = take(offer)
    assert (fresh_offer(offer).state, fresh_entry(offer.entry).state) == (OfferState.TAKEN, EntryState.WAITING)
    make.pay(make.fresh(draft), method="cash")

    assert make.fresh(draft).status == Appointment.Status.CONFIRMED
    assert (fresh_offer(offer).state, fresh_entry(offer.entry).state) == (OfferState.BOOKED, EntryState.FULFILLED)


def test_offer_when_nothing_is_to_pay() -> None:
    house = House()
    house.waits()
    free = make.booked(slot=house.slot(price=0), channel=house.channel)
    offer = offered(give_back(free))

    assert take(offer).status == Appointment.Status.CONFIRMED
    assert fresh_offer(offer).state == OfferState.BOOKED


def test_offer_when_it_is_taken_at_the_last_moment() -> None:
    offer = first_offer(House())

    draft = take(offer, now=UNTIL - MINUTE)

    assert make.fresh(draft).hold_expires_at == UNTIL + 14 * MINUTE  # as long as any hold


def test_offer_when_it_is_taken_twice() -> None:
    offer = first_offer(House())
    take(offer)
    before = make.fresh(offer.draft).version

    again = take_offer(draft_id=offer.draft_id, actor=actor_of(offer.entry.patient), now=make.NOW)

    assert (again.repeated, make.fresh(offer.draft).version) == (True, before)


def test_offer_when_it_is_taken_too_late() -> None:
    offer = first_offer(House())

    with pytest.raises(OfferGoneError):
        take(offer, now=UNTIL)
    assert fresh_offer(offer).state == OfferState.OFFERED
    assert make.fresh(offer.draft).status == Appointment.Status.DRAFT


def test_offer_when_it_is_taken_and_not_paid() -> None:
    house = House()
    offer = first_offer(house)
    second = house.waits()
    take(offer)

    expire_draft(appointment_id=offer.draft_id, now=UNTIL)

    assert (fresh_offer(offer).state, fresh_entry(offer.entry).state) == (OfferState.LAPSED, EntryState.WAITING)
    assert offered(offer.slot, now=UNTIL).entry_id == second.pk


def test_offer_when_it_is_declined() -> None:
    house = House()
    offer = first_offer(house)
    second = house.waits()

    assert decline_offer(draft_id=offer.draft_id, actor=actor_of(offer.entry.patient), now=make.NOW)

    assert (fresh_offer(offer).state, fresh_entry(offer.entry).state) == (OfferState.DECLINED, EntryState.WAITING)
    assert not OutboxMessage.objects.filter(kind="offer_ended").exists()
    assert offered(offer.slot).entry_id == second.pk


def test_offer_when_it_is_declined_twice() -> None:
    offer = first_offer(House())
    actor = actor_of(offer.entry.patient)
    decline_offer(draft_id=offer.draft_id, actor=actor, now=make.NOW)

    assert not decline_offer(draft_id=offer.draft_id, actor=actor, now=make.NOW)


def move_offered(house: House) -> tuple[Appointment, SlotOffer]:
    """Somebody booked two hours later, and the earlier time that is offered to them."""
    own, other = house.booked(hours=2), house.booked()
    house.waits_to_move(own)
    return own, offered(give_back(other))


def test_earlier_time_when_it_is_taken_frees_the_old_one_for_the_list() -> None:
    house = House()
    own, offer = move_offered(house)
    third = house.waits()

    new = take(offer)

    assert (make.fresh(own).status, make.fresh(new).status) == ("rescheduled", "confirmed")
    assert (fresh_offer(offer).state, fresh_entry(offer.entry).state) == (OfferState.BOOKED, EntryState.FULFILLED)
    assert offered(own.slot).entry_id == third.pk


def test_earlier_time_when_it_costs_more_waits_for_the_payment() -> None:
    house = House()
    own = house.booked(hours=2)
    dear = make.booked(slot=house.slot(price=130_000), channel=house.channel, method="cash")
    house.waits_to_move(own)
    offer = offered(give_back(dear))

    draft = take(offer)
    assert (make.fresh(own).status, make.fresh(draft).status) == ("confirmed", "draft")
    make.pay(make.fresh(draft), method="cash")

    assert (make.fresh(own).status, make.fresh(draft).status) == ("rescheduled", "confirmed")
    paid = Payment.objects.filter(source=own.chain.source).order_by("captured_at", "pk")
    assert sorted(paid.values_list("amount", flat=True)) == [30_000, 100_000]


def test_earlier_time_when_the_appointment_is_cancelled_instead() -> None:
    own, offer = move_offered(House())

    cancel_appointment(appointment_id=own.pk, actor=make.patient_of(own), now=make.NOW)

    assert (fresh_offer(offer).state, fresh_entry(offer.entry).state) == (OfferState.DECLINED, EntryState.CLOSED)
    with pytest.raises(OfferGoneError):
        take(offer)
    assert Slot.objects.get(pk=offer.slot_id).list_turn_at == make.NOW


def test_earlier_time_when_it_is_declined() -> None:
    own, offer = move_offered(House())

    assert decline_offer(draft_id=offer.draft_id, actor=make.patient_of(own), now=make.NOW)

    assert (make.fresh(own).status, fresh_entry(offer.entry).state) == ("confirmed", EntryState.WAITING)
    assert offer_slot(slot_id=offer.slot_id, now=make.NOW) is None


def test_earlier_time_when_a_later_one_is_given_back() -> None:
    house = House()
    own, later = house.booked(), house.booked(hours=2)
    house.waits_to_move(own)

    assert give_back(later).list_turn_at is None


def test_earlier_time_when_no_move_is_left() -> None:
    house = House(make.DoctorFactory.create(policy=make.published_policy(max_reschedules=1)))
    own, other = house.booked(hours=2), house.booked()
    house.waits_to_move(own)
    WaitingEntry.objects.get()
    own.chain.reschedules = 1
    own.chain.save()

    assert offer_slot(slot_id=give_back(other).pk, now=make.NOW) is None
