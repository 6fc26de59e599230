"""Paying for a first booking: in time, late, twice, too little; at the desk and by card."""

from datetime import timedelta

import pytest

from appointments.errors import NothingDueError, WrongStatusError
from appointments.models import Appointment, AppointmentEvent
from appointments.usecases.book import book_unpaid
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import expire_draft
from appointments.usecases.pay import amount_due, apply_payment
from refunds.models import Checkout, Payment
from tests import factories as make
from tests.appointments.rows import kinds_of, messages_of, nothing_changed, refunds_of

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(minutes=16)


def test_card_when_in_time() -> None:
    draft = make.held()

    make.card_payment(draft, now=make.NOW + timedelta(minutes=5))

    after = make.fresh(draft)
    assert after.status == Appointment.Status.CONFIRMED
    assert (after.chain.held, after.chain.booked_at) == (100_000, make.NOW + timedelta(minutes=5))
    assert kinds_of(draft) == ["held", "paid", "confirmed"]
    assert messages_of(draft) == ["booked"]


def test_card_when_doctor_approves() -> None:
    draft = make.held(slot=make.SlotFactory.create(doctor__requires_approval=True))

    make.card_payment(draft)

    after = make.fresh(draft)
    assert after.status == Appointment.Status.PENDING_APPROVAL
    assert after.approval_due_at == make.NOW + timedelta(hours=24)
    assert messages_of(draft) == ["submitted"]


def test_checkout_when_asked_twice() -> None:
    draft = make.held()

    assert make.checkout_for(draft) == make.checkout_for(draft)
    assert Checkout.objects.count() == 1


@pytest.mark.parametrize("amount", [1, 99_999, 100_001])
def test_card_when_amount_is_wrong(amount: int) -> None:
    draft = make.held()

    make.card_payment(draft, amount=amount)

    assert make.fresh(draft).status == Appointment.Status.DRAFT
    assert make.fresh(draft).chain.held == 0
    assert refunds_of(draft) == [("original", amount)]


def test_card_when_insurer_paid_a_part_meanwhile() -> None:
    draft = make.held()
    checkout = make.checkout_for(draft)
    make.paid_at_desk(draft, method="insurance", amount=40_000)

    apply_payment(payment_id=make.captured(checkout).pk, now=make.NOW)

    assert make.fresh(draft).status == Appointment.Status.DRAFT
    assert refunds_of(draft) == [("original", 100_000)]
    assert amount_due(make.fresh(draft)) == 60_000


def test_card_when_hold_ran_out_and_was_ended() -> None:
    draft = make.held()
    checkout = make.checkout_for(draft)
    expire_draft(appointment_id=draft.pk, now=LATER)

    apply_payment(payment_id=make.captured(checkout, now=LATER).pk, now=LATER)

    assert make.fresh(draft).status == Appointment.Status.CANCELLED
    assert refunds_of(draft) == [("original", 100_000)]


def test_card_when_hold_ran_out_and_nobody_ended_it_yet() -> None:
    draft = make.held()
    checkout = make.checkout_for(draft)

    apply_payment(payment_id=make.captured(checkout, now=LATER).pk, now=LATER)

    assert make.fresh(draft).status == Appointment.Status.DRAFT
    assert refunds_of(draft) == [("original", 100_000)]


def test_card_when_paid_in_time_and_applied_late() -> None:
    draft = make.held()
    payment = make.captured(make.checkout_for(draft))

    with nothing_changed():
        assert not expire_draft(appointment_id=draft.pk, now=LATER)
    apply_payment(payment_id=payment.pk, now=LATER)

    assert make.fresh(draft).status == Appointment.Status.CONFIRMED
    assert refunds_of(draft) == []


def test_card_when_draft_was_cancelled_before_the_capture_is_applied() -> None:
    draft = make.held()
    payment = make.captured(make.checkout_for(draft))

    cancel_appointment(appointment_id=draft.pk, actor=make.patient_of(draft), now=make.NOW)
    apply_payment(payment_id=payment.pk, now=make.NOW)

    assert refunds_of(draft) == [("original", 100_000)]


def test_card_when_paid_twice() -> None:
    draft = make.held()
    second = make.second_capture(make.card_payment(draft))

    apply_payment(payment_id=second.pk, now=make.NOW)

    assert make.fresh(draft).chain.held == 100_000
    assert refunds_of(draft) == [("original", 100_000)]
    assert Payment.objects.get(pk=second.pk).reserved == 100_000


def test_card_when_applied_twice() -> None:
    draft = make.held()
    payment = make.card_payment(draft)

    with nothing_changed():
        apply_payment(payment_id=payment.pk, now=LATER)


def test_late_money_when_it_went_back_outside_before() -> None:
    draft = make.held()
    checkout = make.checkout_for(draft)
    expire_draft(appointment_id=draft.pk, now=LATER)
    payment = make.captured(checkout, now=LATER)
    Payment.objects.filter(pk=payment.pk).update(refunded_elsewhere=100_000)

    apply_payment(payment_id=payment.pk, now=LATER)

    assert refunds_of(draft) == []
    assert AppointmentEvent.objects.filter(payment=payment.pk).count() == 1


def test_payment_when_made_for_something_else() -> None:
    payment = make.card_payment(make.held())
    Payment.objects.filter(pk=payment.pk).update(cause="donation:7")

    with nothing_changed(), pytest.raises(ValueError, match="donation:7"):
        apply_payment(payment_id=payment.pk, now=make.NOW)


def test_payment_when_unknown() -> None:
    with pytest.raises(Payment.DoesNotExist):
        apply_payment(payment_id="00000000-0000-0000-0000-000000000000", now=make.NOW)  # type: ignore[arg-type]


# Starting to pay


def test_start_when_not_a_draft() -> None:
    appointment = make.booked()

    with nothing_changed(), pytest.raises(WrongStatusError):
        make.checkout_for(appointment)


def test_start_when_hold_is_over() -> None:
    draft = make.held()

    with nothing_changed(), pytest.raises(WrongStatusError):
        make.checkout_for(draft, now=make.NOW + timedelta(minutes=15))


def test_start_when_nothing_is_due() -> None:
    draft = make.held(slot=make.SlotFactory.create(price=0))

    with nothing_changed(), pytest.raises(NothingDueError):
        make.checkout_for(draft)


# At the desk


# Nothing to pay


def test_book_when_it_costs_nothing() -> None:
    draft = make.held(slot=make.SlotFactory.create(price=0))

    booked = book_unpaid(appointment_id=draft.pk, actor=make.patient_of(draft), now=make.NOW)

    assert make.fresh(booked).status == Appointment.Status.CONFIRMED


def test_book_when_something_is_owed() -> None:
    draft = make.held()

    with nothing_changed(), pytest.raises(WrongStatusError):
        book_unpaid(appointment_id=draft.pk, actor=make.patient_of(draft), now=make.NOW)


def test_book_when_booked() -> None:
    appointment = make.booked(slot=make.SlotFactory.create(price=0))

    with nothing_changed(), pytest.raises(WrongStatusError):
        book_unpaid(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)


# For a move
