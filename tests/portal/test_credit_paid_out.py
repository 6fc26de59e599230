"""Credit paid out as money: all of it, once, by transfer or at the cash desk."""

import pytest
from cryptography.fernet import Fernet
from django.db import transaction
from pytest_django import Settings

from appointments import queries
from appointments.audit import PROMISES
from appointments.models import Appointment, OutboxMessage
from appointments.tasks import announce_refund_news
from refunds import operations
from refunds import queries as refund_queries
from refunds.audit import check
from refunds.models import Method, Payment, Purpose, Refund, RefundPayee, Way
from tests.factories import NOW, booked
from tests.portal.payouts import INDIAN
from tests.portal.test_credit import SignIn, balance

_PAGE = "/credit/INR/pay-out/"


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def appointment(db: None) -> Appointment:
    """Of a patient to whom the clinic owes 500 rupees."""
    appointment = booked(booked_at=NOW)
    give_credit(appointment, 50_000)
    return appointment


def give_credit(appointment: Appointment, amount: int) -> None:
    """As a cheaper move leaves it: a part of what was paid for this chain."""
    paid = operations.record_manual_payment(
        source=appointment.chain.source,
        purpose=Purpose.CONSULTATION,
        method=Method.CASH,
        amount=amount,
        currency="INR",
        reference="more",
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
            holder=appointment.chain.patient.credit_holder,
        )


def paid_out() -> list[tuple[str, int, str]]:
    refunds = Refund.objects.filter(cause__startswith="payout:")
    return [(refund.way, refund.amount, refund.status) for refund in refunds]


def test_credit_when_paid_out_by_transfer(appointment: Appointment, sign_in: SignIn) -> None:
    client = sign_in(appointment)
    answer = client.post(_PAGE, {"way": "bank_transfer"})
    client.post(answer["Location"], INDIAN)

    assert answer["Location"] == "/payout/bank/"
    assert (paid_out(), balance(appointment)) == ([("bank_transfer", 50_000, "pending")], 0)
    assert RefundPayee.objects.get().masked == "•••• 6819"
    assert list(check(PROMISES, now=NOW)) == []


def test_credit_when_paid_out_in_cash(appointment: Appointment, sign_in: SignIn) -> None:
    client = sign_in(appointment)
    answer = client.post(_PAGE, {"way": "cash"})
    refund = Refund.objects.get(way="cash")
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="C-1", now=NOW)
    announce_refund_news()

    assert answer["Location"] == f"/refunds/{refund.pk}/"
    assert client.get(answer["Location"]).status_code == 200
    assert paid_out() == [("cash", 50_000, "completed")]
    assert OutboxMessage.objects.get(refund=refund.pk).kind == "refund_completed"
    assert list(check(PROMISES, now=NOW)) == []


def test_credit_when_paid_out_twice(appointment: Appointment, sign_in: SignIn) -> None:
    client = sign_in(appointment)
    first, second = (client.post(_PAGE, {"way": "cash"}) for _ in range(2))

    assert (first.status_code, second["Location"]) == (302, "/credit/")
    assert paid_out() == [("cash", 50_000, "pending")]


@pytest.mark.parametrize("form", [{}, {"way": "original"}, {"way": "credit"}])
def test_credit_when_no_way_is_chosen(form: dict[str, str], appointment: Appointment, sign_in: SignIn) -> None:
    answer = sign_in(appointment).post(_PAGE, form)

    assert "Select how you want to be paid" in answer.content.decode()
    assert (paid_out(), balance(appointment)) == ([], 50_000)


@pytest.mark.parametrize("page", ["/credit/GBP/pay-out/", "/credit/x/pay-out/"])
def test_credit_when_there_is_none(page: str, appointment: Appointment, sign_in: SignIn) -> None:
    assert sign_in(appointment).post(page, {"way": "cash"})["Location"] == "/credit/"
    assert (paid_out(), balance(appointment)) == ([], 50_000)


def test_credit_when_it_is_somebody_elses(appointment: Appointment, sign_in: SignIn) -> None:
    assert sign_in(booked()).post(_PAGE, {"way": "cash"})["Location"] == "/credit/"
    assert (paid_out(), balance(appointment)) == ([], 50_000)


def test_credit_when_it_is_above_the_cash_limit(appointment: Appointment, sign_in: SignIn, settings: Settings) -> None:
    settings.CASH_REFUND_LIMIT = {"INR": 100}
    answer = sign_in(appointment).post(_PAGE, {"way": "cash"})

    assert (answer.status_code, paid_out()) == (200, [])


def test_payment_when_credit_was_paid_out(appointment: Appointment, sign_in: SignIn) -> None:
    sign_in(appointment).post(_PAGE, {"way": "cash"})

    spent = Payment.objects.get(method="credit")
    assert spent not in queries.payments_of_chain(source=appointment.chain.source)
    assert spent not in refund_queries.unusable_payments()
