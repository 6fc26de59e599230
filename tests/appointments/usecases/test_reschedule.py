"""Moving at once: what ends, what stands, what is counted and what comes back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from appointments.actor import Actor
from appointments.models import Appointment, Slot
from appointments.reasons import Reason
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.reschedule import Reschedule, reschedule_appointment
from refunds import queries as refund_queries
from tests import factories as make
from tests.appointments.rows import counts, kinds_of, messages_of, nothing_changed, refunds_of

pytestmark = pytest.mark.django_db

ActorOf = Callable[[Appointment], Actor]


def under(**terms: Any) -> Slot:
    """A slot under terms of its own."""
    return make.SlotFactory.create(doctor__centre__policy=make.published_policy(**terms))


def _system(_appointment: Appointment) -> Actor:
    return make.system()


def move(appointment: Appointment, slot: Slot, actor: Actor | None = None, **parts: Any) -> Reschedule:
    return reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=slot.pk,
        actor=actor or make.patient_of(appointment),
        **{"now": make.NOW, **parts},
    )


def test_move_when_free() -> None:
    old = make.booked()
    slot = make.moving(old)

    done = move(old, slot)

    new = make.fresh(done.appointment)
    assert not done.is_waiting_for_payment
    assert (new.status, new.slot, new.chain, new.replaces) == (Appointment.Status.CONFIRMED, slot, old.chain, old)
    assert make.fresh(old).status == Appointment.Status.RESCHEDULED
    assert (new.chain.held, new.chain.reschedules, new.chain.percent_cap) == (100_000, 1, None)
    assert kinds_of(old) == ["held", "paid", "confirmed", "rescheduled"]
    assert kinds_of(new) == ["held", "confirmed"]
    assert messages_of(old) == ["booked", "rescheduled"]
    assert refunds_of(old) == []
    assert Slot.objects.get(pk=old.slot_id).bookable_from == make.NOW


@pytest.mark.parametrize(
    ("actor_of", "for_hospital", "counted"),
    [
        (make.patient_of, False, 1),
        (make.staff_of, False, 1),
        (make.staff_of, True, 0),
        (make.doctor_of, False, 0),
        (_system, False, 0),
    ],
)
def test_move_when_each_actor(actor_of: ActorOf, for_hospital: bool, counted: int) -> None:  # noqa: FBT001
    old = make.booked()
    actor = actor_of(old)
    reason = Reason(make.ReasonCodeFactory.create().code)

    done = move(old, make.moving(old), actor, reason=reason, for_hospital=for_hospital)

    event = old.events.get(kind="rescheduled")
    assert (event.actor_label, event.reason_code, event.for_hospital) == (actor.label, reason.code, counted == 0)
    assert done.appointment.chain.reschedules == counted


def test_moves_when_counted_over_the_chain() -> None:
    first = make.booked(slot=under(max_reschedules=5, free_reschedules=5))
    second = move(first, make.moving(first)).appointment

    third = move(second, make.moving(make.fresh(second))).appointment

    assert make.fresh(third).chain.reschedules == 2
    assert make.fresh(third).chain_id == first.chain_id


@pytest.mark.parametrize(("keep", "cap", "refund"), [(True, Decimal(75), 75_000), (False, None, 100_000)])
def test_tier_when_moved_away_from_it(keep: bool, cap: Decimal | None, refund: int) -> None:  # noqa: FBT001
    old = make.booked(slot=under(keep_tier_after_reschedule=keep))
    near = make.STARTS_AT - timedelta(hours=13)

    new = move(old, make.moving(old, starts_at=make.STARTS_AT + timedelta(days=30)), now=near).appointment
    cancel_appointment(appointment_id=new.pk, actor=make.patient_of(old), now=near)

    assert make.fresh(new).chain.percent_cap == cap
    assert refunds_of(old) == [("original", refund)]


def test_cooling_off_when_moved() -> None:
    booked_at = make.NOW - timedelta(hours=25)
    old = make.booked(booked_at=booked_at)

    new = make.fresh(move(old, make.moving(old)).appointment)

    assert new.chain.booked_at == booked_at


def test_terms_when_a_new_version_is_published_meanwhile() -> None:
    slot = under(free_reschedules=5)
    old = make.booked(slot=slot)
    make.publish(slot.doctor.centre.policy, now=make.NOW, free_reschedules=0, tiers=[(0, True, 0)])

    done = move(old, make.moving(old), now=make.NOW + timedelta(hours=1))
    cancel_appointment(
        appointment_id=done.appointment.pk, actor=make.patient_of(old), now=make.NOW + timedelta(hours=1)
    )

    assert done.quote.due == 0
    assert refunds_of(old) == [("original", 100_000)]


def test_money_when_cheaper_and_credit_is_given() -> None:
    old = make.booked(slot=under(price_difference="charge_difference"))

    new = move(old, make.moving(old, price=60_000)).appointment

    assert refunds_of(old) == [("credit", 40_000)]
    assert make.fresh(new).chain.held == 60_000
    holder = old.chain.patient.credit_holder
    assert refund_queries.credit_balance(holder=holder, currency="INR") == 40_000


def test_money_when_cheaper_and_refunded() -> None:
    old = make.booked(slot=under(price_difference="credit_difference"))

    new = move(old, make.moving(old, price=60_000)).appointment

    assert refunds_of(old) == [("original", 40_000)]
    assert make.fresh(new).chain.held == 60_000


def test_money_when_hospital_moves_to_a_dearer_slot() -> None:
    old = make.booked()

    new = move(old, make.moving(old, price=300_000), make.system()).appointment

    assert make.fresh(new).status == Appointment.Status.CONFIRMED
    assert make.fresh(new).chain.held == 100_000
    assert refunds_of(old) == []


def test_move_when_new_doctor_approves() -> None:
    old = make.booked()
    doctor = make.DoctorFactory.create(centre=old.centre, requires_approval=True)

    new = make.fresh(move(old, make.moving(old, doctor=doctor)).appointment)

    assert new.status == Appointment.Status.PENDING_APPROVAL
    assert new.approval_due_at == make.NOW + timedelta(hours=24)


def test_move_when_old_waits_for_approval() -> None:
    old = make.pending_approval()

    new = make.fresh(move(old, make.moving(old)).appointment)

    assert new.status == Appointment.Status.PENDING_APPROVAL


def test_slot_when_moved_from_with_a_delay() -> None:
    old = make.booked(slot=under(slot_release_minutes=30))

    move(old, make.moving(old))

    assert Slot.objects.get(pk=old.slot_id).bookable_from == make.NOW + timedelta(minutes=30)


def test_move_when_done_twice() -> None:
    old = make.booked()
    slot = make.moving(old)
    first = move(old, slot)

    with nothing_changed():
        again = move(old, slot, quote_token="whatever")

    assert again.repeated
    assert (again.appointment, again.quote) == (first.appointment, first.quote)
    assert counts() == {"cancelled": 0, "rescheduled": 1, "refunds": 0, "grants": 0, "messages": 2}


def test_move_when_done_twice_and_new_one_moved_on() -> None:
    old = make.booked()
    slot = make.moving(old)
    new = move(old, slot).appointment
    move(new, make.moving(make.fresh(new)), make.system())

    with nothing_changed():
        again = move(old, slot)

    assert again.repeated
    assert again.appointment == new
