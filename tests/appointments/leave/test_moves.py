"""While a doctor is away, whoever moves an appointment moves it for the clinic: free, and not counted."""

from datetime import timedelta

import pytest

from appointments.errors import QuoteChangedError
from appointments.models import Appointment, Doctor, Slot
from appointments.quoting import offer_reschedule, reschedule_request
from appointments.usecases.offer_slot import offer_slot
from appointments.usecases.pay import apply_payment
from appointments.usecases.reschedule import reschedule_appointment
from policies.rules.quote import RescheduleQuote
from refunds.models import Refund
from tests import factories as make
from tests.appointments.leave.rows import booking, case_of, colleague, time_of, worked
from tests.appointments.waiting.rows import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    return make.DoctorFactory.create()


def state(appointment: Appointment) -> tuple[str, str]:
    return make.fresh(appointment).status, case_of(appointment).state


def test_move_when_patient_asks_for_a_time_that_is_not_held(doctor: Doctor) -> None:
    """Whoever moves it, and by whatever way: it is the clinic that called it off."""
    appointment = booking(doctor)
    time_of(colleague(doctor))
    worked(doctor)
    slot = make.moving(
        make.fresh(appointment), starts_at=appointment.slot.starts_at + timedelta(days=20), price=130_000
    )

    done = reschedule_appointment(
        appointment_id=appointment.pk, slot_id=slot.pk, actor=make.patient_of(appointment), now=make.NOW
    )

    assert (done.is_waiting_for_payment, done.quote.due, done.quote.fee) == (False, 0, 0)
    assert state(appointment) == ("rescheduled", "moved")
    chain = make.fresh(done.appointment).chain
    assert (chain.held, chain.reschedules) == (100_000, 0)


def test_move_when_it_was_shown_before_the_doctor_was_away(doctor: Doctor) -> None:
    appointment = make.fresh(booking(doctor))
    slot = make.moving(appointment, starts_at=appointment.slot.starts_at + timedelta(days=20), price=130_000)
    who = make.patient_of(appointment)
    shown = offer_reschedule(
        appointment=appointment,
        slot=slot,
        actor=who,
        request=reschedule_request(actor=who, for_hospital=False, override=False),
        now=make.NOW,
    )
    time_of(colleague(doctor))
    worked(doctor)

    with pytest.raises(QuoteChangedError) as refused:
        reschedule_appointment(
            appointment_id=appointment.pk, slot_id=slot.pk, actor=who, quote_token=shown.token, now=make.NOW
        )

    now_owed = refused.value.offer.quote
    assert isinstance(now_owed, RescheduleQuote)
    assert (shown.quote.due, now_owed.due) == (30_000, 0)
    assert state(appointment) == ("confirmed", "offered")


def test_move_that_waits_for_money_when_its_own_doctor_is_away(doctor: Doctor) -> None:
    """It ends: what it costs is free from now on. Money that comes nevertheless goes back whole."""
    appointment = booking(doctor)
    dear = make.moving(
        make.fresh(appointment), starts_at=appointment.slot.starts_at + timedelta(days=20), price=130_000
    )
    who = make.patient_of(appointment)
    draft = reschedule_appointment(appointment_id=appointment.pk, slot_id=dear.pk, actor=who, now=make.NOW).appointment
    checkout = make.checkout_for(draft)
    time_of(colleague(doctor))
    worked(doctor)

    payment = make.captured(checkout)
    apply_payment(payment_id=payment.pk, now=make.NOW)

    assert (make.fresh(draft).status, state(appointment)) == ("cancelled", ("confirmed", "offered"))
    assert [refund.amount for refund in Refund.objects.all()] == [30_000]
    assert make.fresh(appointment).chain.held == 100_000


def test_waiting_list_when_the_doctor_of_who_waits_is_away() -> None:
    """They have other times held for them, free; an offer of the list would count as a move of their own."""
    house = House()
    appointment = house.booked()
    house.waits_to_move(appointment)
    time_of(colleague(house.doctor))
    worked(house.doctor)
    earlier = house.slot(hours=-24)
    Slot.objects.filter(pk=earlier.pk).update(list_turn_at=make.NOW)

    assert offer_slot(slot_id=earlier.pk, now=make.NOW) is None
    assert state(appointment) == ("confirmed", "offered")
