"""Paying at the desk: in parts, by the insurer, too much, and for a move."""

from datetime import timedelta

import pytest

from appointments.errors import NotPermittedError, WrongAmountError, WrongStatusError
from appointments.models import Appointment
from appointments.usecases.pay import amount_due, apply_payment
from tests import factories as make
from tests.appointments.rows import nothing_changed, refunds_of

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(minutes=16)


def test_desk_when_paid_in_parts() -> None:
    draft = make.held()

    make.paid_at_desk(draft, method="insurance", amount=40_000)
    assert amount_due(make.fresh(draft)) == 60_000
    make.paid_at_desk(draft, amount=10_000)
    assert make.fresh(draft).status == Appointment.Status.DRAFT
    make.paid_at_desk(draft, method="bank_transfer", amount=50_000)

    assert make.fresh(draft).status == Appointment.Status.CONFIRMED
    assert make.fresh(draft).chain.held == 60_000


def test_desk_when_insurer_pays_all() -> None:
    draft = make.held()

    make.paid_at_desk(draft, method="insurance")

    assert make.fresh(draft).status == Appointment.Status.CONFIRMED
    assert make.fresh(draft).chain.held == 0


@pytest.mark.parametrize("amount", [0, -1])
def test_desk_when_nothing_is_paid(amount: int) -> None:
    draft = make.held()

    with nothing_changed(), pytest.raises(WrongAmountError):
        make.paid_at_desk(draft, amount=amount)


def test_desk_when_more_than_owed() -> None:
    draft = make.held()

    with nothing_changed(), pytest.raises(WrongAmountError) as refused:
        make.paid_at_desk(draft, amount=100_001)

    assert refused.value.due == 100_000


def test_desk_when_hold_is_over() -> None:
    draft = make.held()

    with nothing_changed(), pytest.raises(WrongStatusError):
        make.paid_at_desk(draft, now=make.NOW + timedelta(minutes=15))


def test_desk_when_part_is_recorded_twice_under_one_receipt() -> None:
    draft = make.held()
    first = make.paid_at_desk(draft, amount=40_000, reference="R-1")

    with nothing_changed():
        again = make.paid_at_desk(draft, amount=40_000, reference="R-1")

    assert again == first
    assert make.fresh(draft).chain.held == 40_000


def test_desk_when_it_takes_the_money() -> None:
    old, draft = make.waiting_move()

    make.paid_at_desk(draft)

    assert make.fresh(draft).status == Appointment.Status.CONFIRMED
    assert make.fresh(old).chain.held == 130_000


@pytest.mark.parametrize("amount", [1, 29_999, 30_001])
def test_desk_when_amount_is_wrong(amount: int) -> None:
    _, draft = make.waiting_move()

    with nothing_changed(), pytest.raises(WrongAmountError) as refused:
        make.paid_at_desk(draft, amount=amount)

    assert refused.value.due == 30_000


def test_desk_when_an_insurer_would_pay_for_the_move() -> None:
    _, draft = make.waiting_move()

    with nothing_changed(), pytest.raises(NotPermittedError):
        make.paid_at_desk(draft, method="insurance")


def test_checkout_when_the_insurer_paid_a_part_meanwhile() -> None:
    draft = make.held()
    first = make.checkout_for(draft)
    make.paid_at_desk(draft, method="insurance", amount=40_000)

    second = make.checkout_for(draft)
    too_much = make.captured(first)
    apply_payment(payment_id=too_much.pk, now=make.NOW)

    assert (first.amount, second.amount) == (100_000, 60_000)
    assert make.fresh(draft).status == Appointment.Status.DRAFT
    assert refunds_of(draft) == [("original", 100_000)]
