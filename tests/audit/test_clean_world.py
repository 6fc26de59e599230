"""After everything that can happen to an appointment and its money, step by step, the audit finds nothing."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from appointments.actor import Actor
from appointments.models import Appointment
from appointments.reasons import Reason
from appointments.usecases.attend import check_in, complete_appointment, mark_no_show
from appointments.usecases.book import approve_appointment, book_unpaid
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.keep import keep_appointment
from appointments.usecases.reschedule import reschedule_appointment
from refunds import operations
from refunds.models import Refund
from tests.audit.house import House, book, cancel
from tests.factories import (
    PatientFactory,
    ReasonCodeFactory,
    captured,
    checkout_for,
    doctor_of,
    fresh,
    patient_of,
    pay,
    staff_of,
    system,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House.opened(free_reschedules=1, reschedule_fee=10_000, handling_fee=2_000, max_reschedules=4)


def move(house: House, appointment: Appointment, *, price: int = 100_000, for_hospital: bool = False) -> Appointment:
    reason = Reason(ReasonCodeFactory.create().code)
    return reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=house.slot(price=price, hours=96).pk,
        actor=staff_of(appointment) if for_hospital else patient_of(appointment),
        now=house.now,
        reason=reason,
        for_hospital=for_hospital,
    ).appointment


@pytest.mark.parametrize("method", ["card", "cash", "bank_transfer"])
def test_cancelling_when_paid(house: House, method: str) -> None:
    kept, given_back = book(house, method=method), book(house, method=method)
    cancel(house, given_back)
    house.sweep()
    house.let_banks_work()

    assert [house.status(kept), house.status(given_back)] == ["confirmed", "cancelled"]
    assert house.broken() == []


@pytest.mark.parametrize(("hours", "back"), [(72, 98_000), (20, 73_000), (5, 48_000), (1, None)])
def test_cancelling_when_a_tier_decides(house: House, hours: float, back: int | None) -> None:
    appointment = book(house, hours=hours + 30)
    house.pass_time(hours=30)
    refund = cancel(house, appointment)
    house.let_banks_work()

    assert (refund.amount if refund else None) == back
    assert house.broken() == []


@pytest.mark.parametrize(
    ("who", "parts", "back"),
    [
        (doctor_of, {}, 100_000),
        (lambda _: system(), {}, 100_000),
        (staff_of, {"for_hospital": True}, 100_000),
        (lambda appointment: staff_of(appointment, "override_percentage"), {"override_percent": Decimal(30)}, 30_000),
    ],
    ids=["doctor", "system", "staff for the hospital", "staff with a percentage"],
)
def test_cancelling_when_the_clinic_does(
    house: House, who: Callable[[Appointment], Actor], parts: dict[str, Any], back: int
) -> None:
    appointment = book(house, hours=40)
    reason = Reason(ReasonCodeFactory.create().code, "an emergency")
    cancel_appointment(appointment_id=appointment.pk, actor=who(appointment), now=house.now, reason=reason, **parts)
    house.let_banks_work()

    assert (Refund.objects.get().amount, Refund.objects.get().status, house.broken()) == (back, "completed", [])


def test_insurance_when_cancelled(house: House) -> None:
    draft = house.hold()
    pay(draft, method="insurance", amount=60_000, now=house.now)
    pay(draft, now=house.now)
    cancel(house, fresh(draft))
    house.let_banks_work()
    window = Refund.objects.get(way="insurance_window")
    assert house.broken() == []

    operations.confirm_by_hand(refund_id=window.pk, actor="staff:1", evidence="I-1", now=house.now)
    assert sorted(Refund.objects.values_list("amount", "status")) == [(40_000, "completed"), (60_000, "completed")]
    assert house.broken() == []


def test_moves_when_free_dearer_and_cheaper(house: House) -> None:
    first = book(house)
    second = move(house, first)
    assert house.broken() == []

    waiting = move(house, second, price=150_000)
    assert (house.status(waiting), house.status(second)) == ("draft", "confirmed")
    assert house.broken() == []

    pay(waiting, now=house.now)
    assert (house.status(waiting), house.status(second)) == ("confirmed", "rescheduled")
    assert house.broken() == []

    cheaper = move(house, fresh(waiting), price=40_000)
    assert fresh(cheaper).chain.held == 40_000
    assert house.broken() == []

    cancel_appointment(appointment_id=cheaper.pk, actor=system(), now=house.now)
    house.let_banks_work()
    assert house.broken() == []


def test_credit_when_spent_and_given_back(house: House) -> None:
    patient = PatientFactory.create()
    draft = house.hold(patient=patient)
    pay(draft, now=house.now)
    move(house, fresh(draft), price=20_000)
    again = house.hold(patient=patient, price=50_000)
    pay(again, method="credit", now=house.now)
    assert (house.status(again), house.broken()) == ("confirmed", [])

    cancel(house, fresh(again))
    assert (Refund.objects.filter(way="credit").count(), house.broken()) == (2, [])


def test_move_when_the_hospital_makes_it(house: House) -> None:
    moved = move(house, book(house), price=30_000, for_hospital=True)
    house.let_banks_work()

    assert (moved.chain.reschedules, Refund.objects.get().amount, house.broken()) == (0, 70_000, [])


def test_move_when_given_up_or_run_out(house: House) -> None:
    appointment = book(house)
    move(house, appointment, price=150_000)
    keep_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=house.now)
    assert house.broken() == []

    waiting = move(house, appointment, price=160_000)
    asked = checkout_for(waiting, now=house.now)
    house.pass_time(minutes=20)
    assert (house.status(waiting), house.status(appointment)) == ("cancelled", "confirmed")

    captured(asked, now=house.now)
    house.sweep()
    house.let_banks_work()
    assert (Refund.objects.get().status, house.broken()) == ("completed", [])


def test_draft_when_it_runs_out_half_paid(house: House) -> None:
    draft = house.hold()
    pay(draft, method="cash", amount=30_000, now=house.now)
    house.pass_time(minutes=16)

    assert (house.status(draft), Refund.objects.get().amount, house.broken()) == ("cancelled", 30_000, [])


def test_payment_when_late_twice_or_of_another_amount(house: House) -> None:
    late, other = house.hold(), house.hold()
    asked_late, asked_other = checkout_for(late, now=house.now), checkout_for(other, now=house.now)
    captured(asked_other, amount=50_000, now=house.now)
    house.pass_time(minutes=20)
    captured(asked_late, now=house.now)
    house.sweep()
    house.let_banks_work()

    assert sorted(Refund.objects.values_list("amount", "status")) == [(50_000, "completed"), (100_000, "completed")]
    assert house.broken() == []


def test_approval_when_given_refused_and_forgotten(house: House) -> None:
    given, refused, forgotten = (book(house, needs_approval=True) for _ in range(3))
    approve_appointment(appointment_id=given.pk, actor=doctor_of(given), now=house.now)
    reason = Reason(ReasonCodeFactory.create().code)
    cancel_appointment(appointment_id=refused.pk, actor=doctor_of(refused), now=house.now, reason=reason)
    house.pass_time(hours=25)
    house.let_banks_work()

    assert [house.status(one) for one in (given, refused, forgotten)] == ["confirmed", "cancelled", "cancelled"]
    assert house.broken() == []


def test_day_when_patients_come_and_do_not(house: House) -> None:
    came, missed, free = book(house, hours=1), book(house, hours=1), house.hold(price=0)
    book_unpaid(appointment_id=free.pk, actor=system(), now=house.now)
    check_in(appointment_id=came.pk, actor=system(), now=house.now)
    house.pass_time(hours=2)
    complete_appointment(appointment_id=came.pk, actor=system(), now=house.now)
    mark_no_show(appointment_id=missed.pk, actor=system(), now=house.now)

    assert [house.status(one) for one in (came, missed, free)] == ["completed", "no_show", "confirmed"]
    assert house.broken() == []
