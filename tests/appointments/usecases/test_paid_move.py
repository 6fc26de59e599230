"""Moves that cost something: the old appointment stands until the money is there."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from appointments.models import Appointment
from appointments.reasons import Reason
from appointments.usecases.attend import check_in, mark_no_show
from appointments.usecases.book import approve_appointment
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import expire_draft
from appointments.usecases.keep import keep_appointment
from appointments.usecases.pay import amount_due, apply_payment
from appointments.usecases.reschedule import Reschedule, reschedule_appointment
from refunds.models import Payment, Refund
from tests import factories as make
from tests.appointments.rows import counts, kinds_of, messages_of, nothing_changed, refunds_of

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(minutes=16)


def test_move_when_not_yet_paid() -> None:
    old, draft = make.waiting_move()

    assert make.fresh(old).status == Appointment.Status.CONFIRMED
    assert make.fresh(old).chain.held == 100_000
    assert make.fresh(old).chain.reschedules == 0
    assert (draft.status, amount_due(draft)) == (Appointment.Status.DRAFT, 30_000)
    assert draft.hold_expires_at == make.NOW + timedelta(minutes=15)


def test_move_when_paid() -> None:
    old, draft = make.waiting_move()

    make.card_payment(draft)

    new = make.fresh(draft)
    assert (new.status, new.pending_move) == (Appointment.Status.CONFIRMED, None)
    assert make.fresh(old).status == Appointment.Status.RESCHEDULED
    assert (new.chain.held, new.chain.reschedules) == (130_000, 1)
    assert kinds_of(new) == ["held", "paid", "confirmed"]
    assert messages_of(old) == ["booked", "rescheduled"]


def test_cancel_when_moved_for_more() -> None:
    old, draft = make.waiting_move()
    make.card_payment(draft)

    cancel_appointment(appointment_id=draft.pk, actor=make.patient_of(old), now=make.NOW)

    assert refunds_of(old) == [("original", 100_000), ("original", 30_000)]


@pytest.mark.parametrize(("for_hospital", "refunds"), [(True, [100_000, 10_000]), (False, [90_000, 10_000])])
def test_fee_when_cancelled_after_a_paid_move(for_hospital: bool, refunds: list[int]) -> None:  # noqa: FBT001
    policy = make.published_policy(free_reschedules=0, reschedule_fee=10_000)
    old = make.booked(slot=make.SlotFactory.create(doctor__centre__policy=policy))
    _, draft = make.waiting_move(old, price=100_000)
    make.card_payment(draft)
    reason = Reason(make.ReasonCodeFactory.create().code)

    cancel_appointment(
        appointment_id=draft.pk,
        actor=make.staff_of(old),
        now=make.NOW,
        reason=reason,
        for_hospital=for_hospital,
    )

    assert refunds_of(old) == [("original", amount) for amount in refunds]


def test_move_when_hold_ran_out() -> None:
    old, draft = make.waiting_move()
    before = make.fresh(old)

    assert expire_draft(appointment_id=draft.pk, now=LATER)

    after = make.fresh(old)
    assert make.fresh(draft).status == Appointment.Status.CANCELLED
    assert (after.status, after.version, after.chain.held) == (before.status, before.version, 100_000)
    assert messages_of(old) == ["booked"]
    assert refunds_of(old) == []


def test_payment_when_too_late() -> None:
    old, draft = make.waiting_move()
    checkout = make.checkout_for(draft)
    expire_draft(appointment_id=draft.pk, now=LATER)

    apply_payment(payment_id=make.captured(checkout, now=LATER).pk, now=LATER)

    assert refunds_of(old) == [("original", 30_000)]
    assert make.fresh(old).status == Appointment.Status.CONFIRMED
    assert make.fresh(old).chain.held == 100_000


@pytest.mark.parametrize("amount", [29_999, 30_001])
def test_payment_when_amount_is_wrong(amount: int) -> None:
    old, draft = make.waiting_move()

    make.card_payment(draft, amount=amount)

    assert refunds_of(old) == [("original", amount)]
    assert make.fresh(draft).status == Appointment.Status.DRAFT
    assert make.fresh(old).status == Appointment.Status.CONFIRMED


def test_payment_when_applied_twice() -> None:
    _, draft = make.waiting_move()
    payment = make.card_payment(draft)

    with nothing_changed():
        apply_payment(payment_id=payment.pk, now=LATER)


def test_old_when_cancelled_while_the_move_waits() -> None:
    old, draft = make.waiting_move()

    cancel_appointment(appointment_id=old.pk, actor=make.patient_of(old), now=make.NOW)

    assert make.fresh(draft).status == Appointment.Status.CANCELLED
    assert refunds_of(old) == [("original", 100_000)]
    assert counts()["cancelled"] == 2
    assert messages_of(old) == ["booked", "cancelled"]


@pytest.mark.parametrize("percent_left", [13, 100])
def test_money_when_old_is_cancelled_before_the_capture_is_applied(percent_left: int) -> None:
    """What is captured and not applied goes back whole besides; it never stands in for what is held."""
    old, draft = make.waiting_move()
    now = make.STARTS_AT - timedelta(hours=13) if percent_left == 13 else make.NOW
    payment = make.captured(make.checkout_for(draft))

    cancel_appointment(appointment_id=old.pk, actor=make.patient_of(old), now=now)
    apply_payment(payment_id=payment.pk, now=now)

    assert refunds_of(old) == [("original", 75_000 if percent_left == 13 else 100_000), ("original", 30_000)]
    assert Refund.objects.get(payment=payment).amount == 30_000


@pytest.mark.parametrize(("deed", "at"), [(check_in, make.NOW), (mark_no_show, make.STARTS_AT)])
def test_draft_when_old_is_attended(deed: Callable[..., object], at: datetime) -> None:
    old, draft = make.waiting_move()

    deed(appointment_id=old.pk, actor=make.system(), now=at)

    assert make.fresh(draft).status == Appointment.Status.CANCELLED
    assert make.fresh(old).chain.held == 100_000


def test_payment_when_patient_came_meanwhile() -> None:
    old, draft = make.waiting_move()
    payment = make.captured(make.checkout_for(draft))
    check_in(appointment_id=old.pk, actor=make.system(), now=make.NOW)

    apply_payment(payment_id=payment.pk, now=make.NOW)

    assert refunds_of(old) == [("original", 30_000)]
    assert make.fresh(old).status == Appointment.Status.CHECKED_IN


def test_draft_when_patient_keeps_the_old_time() -> None:
    old, draft = make.waiting_move()
    actor = make.patient_of(old)

    assert keep_appointment(appointment_id=old.pk, actor=actor, now=make.NOW)

    assert make.fresh(draft).status == Appointment.Status.CANCELLED
    assert make.fresh(old).status == Appointment.Status.CONFIRMED
    with nothing_changed():
        assert not keep_appointment(appointment_id=old.pk, actor=actor, now=make.NOW)


def test_draft_when_cancelled_itself() -> None:
    old, draft = make.waiting_move()

    cancel_appointment(appointment_id=draft.pk, actor=make.patient_of(old), now=make.NOW)

    assert make.fresh(old).chain.held == 100_000
    assert refunds_of(old) == []
    assert messages_of(old) == ["booked"]


def test_move_when_another_slot_is_chosen_instead() -> None:
    old, draft = make.waiting_move()
    other = make.moving(old, starts_at=make.STARTS_AT + timedelta(days=5), price=150_000)

    done = reschedule_appointment(appointment_id=old.pk, slot_id=other.pk, actor=make.patient_of(old), now=make.NOW)

    assert make.fresh(draft).status == Appointment.Status.CANCELLED
    assert done.quote.due == 50_000


def again(old: Appointment, draft: Appointment, **parts: Any) -> Reschedule:
    return reschedule_appointment(
        appointment_id=old.pk,
        slot_id=draft.slot_id,
        **{"actor": make.patient_of(old), "now": make.NOW, **parts},
    )


def test_move_when_asked_twice() -> None:
    old, draft = make.waiting_move()

    with nothing_changed():
        repeated = again(old, draft)

    assert repeated.repeated
    assert repeated.appointment == draft
    assert repeated.quote.due == 30_000


def test_move_when_hospital_moves_into_the_slot_that_waits_for_the_patient() -> None:
    old, draft = make.waiting_move()

    done = again(old, draft, actor=make.system())

    assert make.fresh(draft).status == Appointment.Status.CANCELLED
    assert make.fresh(done.appointment).status == Appointment.Status.CONFIRMED
    assert make.fresh(old).status == Appointment.Status.RESCHEDULED
    assert make.fresh(old).chain.held == 100_000


def test_move_when_old_was_approved_meanwhile() -> None:
    old = make.pending_approval()
    _, draft = make.waiting_move(old)
    approve_appointment(appointment_id=old.pk, actor=make.system(), now=make.NOW)

    make.card_payment(draft)

    assert make.fresh(old).status == Appointment.Status.RESCHEDULED
    assert make.fresh(draft).status == Appointment.Status.PENDING_APPROVAL


@pytest.mark.parametrize(
    ("old_starts", "new_starts"),
    [(timedelta(minutes=10), timedelta(days=1)), (timedelta(days=1), timedelta(minutes=10))],
)
def test_hold_when_either_time_begins_before_it_ends(old_starts: timedelta, new_starts: timedelta) -> None:
    policy = make.published_policy(reschedule_window_hours=0)
    slot = make.SlotFactory.create(doctor__centre__policy=policy, starts_at=make.NOW + old_starts)
    old = make.booked(slot=slot)
    target = make.moving(old, starts_at=make.NOW + new_starts, price=130_000)

    done = reschedule_appointment(appointment_id=old.pk, slot_id=target.pk, actor=make.patient_of(old), now=make.NOW)

    assert done.appointment.hold_expires_at == make.NOW + timedelta(minutes=10)


def test_payments_when_second_one_comes() -> None:
    old, draft = make.waiting_move()
    first = make.card_payment(draft)
    second = make.second_capture(first)

    apply_payment(payment_id=second.pk, now=make.NOW)

    assert refunds_of(old) == [("original", 30_000)]
    assert Payment.objects.get(pk=second.pk).reserved == 30_000
    assert make.fresh(draft).status == Appointment.Status.CONFIRMED
