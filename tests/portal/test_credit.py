"""The patient's credit: it is shown, and pays for a move, whole, once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from appointments.errors import NothingDueError, WrongAmountError, WrongStatusError
from appointments.models import Appointment
from appointments.usecases.credit import pay_with_credit
from refunds import operations
from refunds import queries as refund_queries
from refunds.models import Method, Payment, Purpose, Way
from tests.factories import NOW, booked, fresh, held, patient_of, waiting_move

SignIn = Callable[[Appointment], Client]


def give_credit(appointment: Appointment, amount: int) -> None:
    """The clinic owes the patient so much from an earlier booking."""
    holder = appointment.chain.patient.credit_holder
    paid = operations.record_manual_payment(
        source="chain:earlier",
        purpose=Purpose.CONSULTATION,
        method=Method.CASH,
        amount=amount,
        currency="INR",
        reference="earlier",
        now=NOW,
        actor="desk",
    )
    with transaction.atomic():
        operations.request_refund(
            payment_id=paid.pk,
            cause="earlier",
            amount=amount,
            way=Way.CREDIT,
            requested_by="desk",
            now=NOW,
            holder=holder,
        )


def balance(appointment: Appointment) -> int:
    return refund_queries.credit_balance(holder=appointment.chain.patient.credit_holder, currency="INR")


def pay(draft: Appointment) -> Payment:
    return pay_with_credit(appointment_id=draft.pk, actor=patient_of(draft), now=NOW)


def states(*appointments: Appointment) -> list[str]:
    return [fresh(appointment).status for appointment in appointments]


def test_credit_when_it_covers_the_move() -> None:
    old, draft = waiting_move(price=130_000)
    give_credit(old, 50_000)
    payment = pay(draft)

    assert (payment.method, payment.amount, payment.gateway) == ("credit", 30_000, "manual")
    assert states(old, draft) == ["rescheduled", "confirmed"]
    assert (balance(old), fresh(draft).chain.held) == (20_000, 130_000)


def test_credit_when_it_does_not_cover_the_move() -> None:
    old, draft = waiting_move(price=130_000)
    give_credit(old, 29_999)

    with pytest.raises(WrongAmountError):
        pay(draft)
    assert (states(old, draft), balance(old)) == (["confirmed", "draft"], 29_999)


def test_credit_when_there_is_none() -> None:
    old, draft = waiting_move()

    with pytest.raises(NothingDueError):
        pay(draft)
    assert states(old, draft) == ["confirmed", "draft"]


def test_credit_when_used_twice() -> None:
    old, draft = waiting_move(price=130_000)
    give_credit(old, 90_000)
    pay(draft)

    with pytest.raises(WrongStatusError):
        pay(draft)
    assert balance(old) == 60_000


@pytest.mark.parametrize(
    ("credit", "status", "left", "amount"),
    [(40_000, "draft", 0, 40_000), (100_000, "confirmed", 0, 100_000), (150_000, "confirmed", 50_000, 100_000)],
)
def test_credit_when_it_pays_a_first_booking(credit: int, status: str, left: int, amount: int) -> None:
    draft = held()
    give_credit(draft, credit)

    assert pay(draft).amount == amount
    assert (states(draft), balance(draft)) == ([status], left)


def test_credit_page_when_shown(sign_in: SignIn) -> None:
    appointment = booked()
    give_credit(appointment, 50_000)
    text = sign_in(appointment).get("/credit/").content.decode()

    assert "₹500.00" in text
    assert "given" in text


def test_credit_page_when_of_somebody_else(sign_in: SignIn) -> None:
    give_credit(booked(), 50_000)
    text = sign_in(booked()).get("/credit/").content.decode()

    assert "You have no credit." in text
    assert "₹" not in text


def test_credit_page_when_signed_out(client: Client) -> None:
    assert client.get("/credit/").status_code == 302


def test_paying_when_by_credit_on_the_page(sign_in: SignIn) -> None:
    old, draft = waiting_move(price=130_000)
    give_credit(old, 50_000)
    client, page = sign_in(old), f"/appointments/{old.reference}/change/pay/credit/"
    assert f'href="{page}"' in client.get(f"/appointments/{old.reference}/change/pay/").content.decode()
    text = client.get(page).content.decode()
    assert [word for word in ("₹500.00", "₹300.00", "₹200.00") if word not in text] == []
    assert states(old, draft) == ["confirmed", "draft"]

    answers: list[Any] = [client.post(page) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [f"/appointments/{old.reference}/changed/"] * 2
    assert (states(old, draft), balance(old)) == (["rescheduled", "confirmed"], 20_000)


def test_paying_when_credit_is_too_low_on_the_page(sign_in: SignIn) -> None:
    old, draft = waiting_move(price=130_000)
    give_credit(old, 20_000)
    client, page = sign_in(old), f"/appointments/{old.reference}/change/pay/credit/"

    assert f'href="{page}"' not in client.get(f"/appointments/{old.reference}/change/pay/").content.decode()
    assert client.post(page)["Location"] == f"/appointments/{old.reference}/change/pay/"
    assert (states(old, draft), balance(old)) == (["confirmed", "draft"], 20_000)


def test_paying_when_the_move_is_of_somebody_else(sign_in: SignIn) -> None:
    old, draft = waiting_move(price=130_000)
    give_credit(old, 50_000)

    assert sign_in(booked()).post(f"/appointments/{old.reference}/change/pay/credit/").status_code == 404
    assert (states(old, draft), balance(old)) == (["confirmed", "draft"], 50_000)
