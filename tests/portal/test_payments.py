"""Paying for a move: held, paid, declined, too late, given up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment
from refunds.gateways.base import Unknown
from refunds.gateways.sandbox import SandboxGateway
from refunds.models import Checkout, Payment, Refund
from tests.factories import booked, fresh, held, moving
from tests.portal.walk import choose, confirm_move, everything, heading, path, words

SignIn = Callable[[Appointment], Client]


@pytest.fixture
def old() -> Appointment:
    return booked()


@pytest.fixture
def waiting(sign_in: SignIn, old: Appointment) -> Client:
    """The client of a patient whose move to a dearer time waits for ₹400.00."""
    client = sign_in(old)
    page = choose(client, old, moving(old, price=140_000))
    assert "Continue and pay ₹400.00" in words(page)
    answer = confirm_move(client, old, page)
    assert answer.headers["Location"] == path("change_pay", old)
    return client


def to_provider(client: Client, old: Appointment) -> str:
    """Press Pay, and return the address of the provider's page."""
    return str(client.post(path("change_pay", old)).headers["Location"])


def come_back(client: Client, address: str, choice: str) -> Any:
    """Choose on the provider's page and follow the way back."""
    return client.post(address, {"choice": choice}, follow=True)


def test_pay_when_something_is_owed(waiting: Client, old: Appointment) -> None:
    page = waiting.get(path("change_pay", old))

    said = words(page)
    assert heading(page) == "Pay for your new appointment"
    assert "To pay now ₹400.00" in said
    assert "Pay ₹400.00 Keep your old appointment" in said
    assert "The new time is held for you until 2:45pm" in said
    assert fresh(old).status == "confirmed"


def test_pay_when_nothing_is_owed(sign_in: SignIn, old: Appointment) -> None:
    answer = sign_in(old).post(path("change_pay", old))

    assert answer.headers["Location"] == path("appointment", old)
    assert Checkout.objects.filter(cause__endswith=str(old.pk)).count() == 1  # the booking's own


def test_appointment_when_a_move_waits(waiting: Client, old: Appointment) -> None:
    said = words(waiting.get(path("appointment", old)))

    assert "Your change is not paid yet" in said
    assert "Until you pay ₹400.00, your appointment stays as it is below." in said


def test_draft_when_opened(waiting: Client, old: Appointment) -> None:
    draft = Appointment.objects.get(replaces=old)

    assert waiting.get(path("appointment", draft)).headers["Location"] == path("appointment", old)


def test_pay_when_paid(waiting: Client, old: Appointment) -> None:
    page = come_back(waiting, to_provider(waiting, old), "pay")

    assert heading(page) == "Appointment changed"
    assert "Paid for this change ₹400.00" in words(page)
    assert (fresh(old).status, Appointment.objects.get(replaces=old).status) == ("rescheduled", "confirmed")
    assert fresh(old).chain.held == 140_000
    assert waiting.get(path("change_pay", old)).headers["Location"] == path("changed", old)


def test_pay_when_pressed_twice(waiting: Client, old: Appointment) -> None:
    assert to_provider(waiting, old) == to_provider(waiting, old)


def test_return_when_opened_again(waiting: Client, old: Appointment) -> None:
    come_back(waiting, to_provider(waiting, old), "pay")
    checkout = Checkout.objects.get(purpose="reschedule")
    before = everything()

    answer = waiting.get(reverse("portal:payment", args=[checkout.pk]))

    assert answer.headers["Location"] == path("changed", old)
    assert everything() == before


def test_return_when_the_provider_says_nothing(waiting: Client, old: Appointment) -> None:
    to_provider(waiting, old)
    checkout = Checkout.objects.get(purpose="reschedule")
    before = everything()

    page = waiting.get(reverse("portal:payment", args=[checkout.pk]))

    assert heading(page) == "We are checking your payment"
    assert "Check again" in words(page)
    assert everything() == before


def test_return_when_declined(waiting: Client, old: Appointment, clock: time_machine.Traveller) -> None:
    page = come_back(waiting, to_provider(waiting, old), "decline")

    assert heading(page) == "Your payment did not go through"
    assert "Nothing was paid. Your appointment above is still booked." in words(page)
    assert fresh(old).status == "confirmed"
    clock.shift(timedelta(minutes=1))
    assert come_back(waiting, to_provider(waiting, old), "pay").redirect_chain[-1][0] == path("changed", old)


def test_return_when_the_hold_ran_out(waiting: Client, old: Appointment, clock: time_machine.Traveller) -> None:
    to_provider(waiting, old)
    checkout = Checkout.objects.get(purpose="reschedule")
    clock.shift(timedelta(minutes=16))

    page = waiting.get(reverse("portal:payment", args=[checkout.pk]))

    assert heading(page) == "The new time is no longer held for you"
    assert fresh(old).status == "confirmed"


def test_return_when_paid_too_late(waiting: Client, old: Appointment, clock: time_machine.Traveller) -> None:
    address = to_provider(waiting, old)
    clock.shift(timedelta(minutes=16))

    page = come_back(waiting, address, "pay")

    assert heading(page) == "Your payment came too late"
    assert "Track your refund of ₹400.00" in words(page)
    assert fresh(old).status == "confirmed"
    late = Payment.objects.get(purpose="reschedule")
    assert [refund.amount for refund in Refund.objects.filter(payment=late)] == [40_000]


def test_keep_when_a_move_waits(waiting: Client, old: Appointment) -> None:
    page = waiting.post(path("change_keep", old), follow=True)

    assert "You keep your appointment." in words(page)
    assert (fresh(old).status, Appointment.objects.get(replaces=old).status) == ("confirmed", "cancelled")


def test_keep_when_the_money_comes_all_the_same(waiting: Client, old: Appointment) -> None:
    address = to_provider(waiting, old)
    waiting.post(path("change_keep", old))

    page = come_back(waiting, address, "pay")

    assert heading(page) == "Your payment came too late"
    assert fresh(old).status == "confirmed"
    assert [refund.amount for refund in Refund.objects.all()] == [40_000]


def test_keep_when_nothing_waits(sign_in: SignIn, old: Appointment) -> None:
    client = sign_in(old)
    before = everything()

    answer = client.post(path("change_keep", old))

    assert answer.headers["Location"] == path("appointment", old)
    assert everything() == before


def test_pay_when_the_provider_does_not_answer(
    waiting: Client, old: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise Unknown

    monkeypatch.setattr(SandboxGateway, "start_checkout", silent)

    page = waiting.post(path("change_pay", old), follow=True)

    assert "The payment page does not open at the moment. Try again in a minute." in words(page)
    assert "Your change is not paid yet" in words(page)


def test_return_when_nothing_was_asked_for(sign_in: SignIn, old: Appointment) -> None:
    draft = held(patient=old.chain.patient)

    assert sign_in(old).get(path("change_paid", draft)).status_code == 404
