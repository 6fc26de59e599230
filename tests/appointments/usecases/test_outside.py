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


@pytest.fixture
def appointment() -> Appointment:
    """Of its 1,000 rupees 400 went back in the provider's dashboard."""
    appointment = make.booked()
    payment = Payment.objects.get()
    found = replace(fact("succeeded", amount=40_000, provider_id="re_x"), payment_provider_id=payment.provider_id)
    assert book_outside(gateway=payment.gateway, fact=found, now=make.NOW) is not None
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


def test_money_when_it_went_after_the_quote(appointment: Appointment) -> None:
    part = Allocation(str(Payment.objects.get().pk), 60_001, RefundWay.ORIGINAL)

    with pytest.raises(ChangedMeanwhileError):
        money.give_back(
            [part], chain=appointment.chain, cause="cancel:x", actor=make.patient_of(appointment), now=make.NOW
        )
    assert Refund.objects.count() == 0
