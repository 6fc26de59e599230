"""Money that a provider gave back without us: the booking holds that much less, and quotes promise no more than there is."""

from dataclasses import replace

import pytest

from appointments.errors import ChangedMeanwhileError
from appointments.facts import booking_facts
from appointments.models import Appointment
from appointments.tasks import follow_outside_refunds
from appointments.usecases import money, outside
from appointments.usecases.cancel import cancel_appointment
from policies.rules.money import Allocation, RefundWay
from refunds.models import Payment, Refund
from refunds.reconcile.outside import book_outside
from tests import factories as make
from tests.refunds.fake import fact

pytestmark = pytest.mark.django_db


def go_back_outside(payment: Payment, *, amount: int) -> None:
    found = replace(fact("succeeded", amount=amount, provider_id="re_x"), payment_provider_id=payment.provider_id)
    assert book_outside(gateway=payment.gateway, fact=found, now=make.NOW) is not None


@pytest.fixture
def appointment() -> Appointment:
    """Of its 1,000 rupees 400 went back in the provider's dashboard."""
    appointment = make.booked()
    go_back_outside(Payment.objects.get(), amount=40_000)
    return make.fresh(appointment)


def test_booking_before_it_has_followed(appointment: Appointment) -> None:
    assert (appointment.chain.held, booking_facts(appointment).held) == (100_000, 60_000)


def test_cancelling_before_it_has_followed(appointment: Appointment) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)

    assert Refund.objects.get().amount == 60_000


def test_booking_when_it_follows(appointment: Appointment) -> None:
    follow_outside_refunds()

    assert make.fresh(appointment).chain.held == 60_000
    assert outside.follow_outside_refunds(appointment_id=appointment.pk) is False


def test_booking_when_it_has_ended(appointment: Appointment) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)

    assert outside.appointments_to_follow(since=make.LONG_AGO, limit=10) == []
    assert outside.follow_outside_refunds(appointment_id=appointment.pk) is False


@pytest.mark.parametrize("follows", ["at once", "later"])
def test_move_when_money_went_while_it_waited_for_more(follows: str) -> None:
    """700 of 1,100 and a fee of 100: what stands for the new time is 900, whenever the loss was seen."""
    policy = make.published_policy(free_reschedules=0, reschedule_fee=10_000)
    slot = make.SlotFactory.create(doctor__centre__policy=policy)
    _old, draft = make.waiting_move(make.booked(slot=slot), price=130_000)
    go_back_outside(Payment.objects.get(), amount=40_000)
    if follows == "at once":
        follow_outside_refunds()

    make.pay(draft)

    moved = make.fresh(draft)
    assert (moved.status, moved.chain.held, booking_facts(moved).held) == ("confirmed", 90_000, 90_000)
    assert outside.follow_outside_refunds(appointment_id=moved.pk) is False


def test_money_when_it_went_after_the_quote(appointment: Appointment) -> None:
    part = Allocation(str(Payment.objects.get().pk), 60_001, RefundWay.ORIGINAL)

    with pytest.raises(ChangedMeanwhileError):
        money.give_back(
            [part], chain=appointment.chain, cause="cancel:x", actor=make.patient_of(appointment), now=make.NOW
        )
    assert Refund.objects.count() == 0
