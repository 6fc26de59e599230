"""Figures that were shown: held, changed, altered, of another."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from appointments.models import Appointment
from refunds.models import Refund
from tests.factories import STARTS_AT, booked, fresh
from tests.portal.walk import confirm, everything, heading, path, walk_to_check, words

SignIn = Callable[[Appointment], Client]
BOUNDARY = STARTS_AT - timedelta(hours=24)


def test_figure_when_a_boundary_passes_within_its_time(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(BOUNDARY - timedelta(minutes=1))
    appointment = booked()
    client = sign_in(appointment)
    token = walk_to_check(client, appointment)

    clock.shift(timedelta(minutes=9))
    confirm(client, appointment, token)

    assert Refund.objects.get().amount == 100_000


def test_figure_when_its_time_is_over_and_it_changed(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(BOUNDARY - timedelta(minutes=1))
    appointment = booked()
    client = sign_in(appointment)
    token = walk_to_check(client, appointment)
    before = everything()

    clock.shift(timedelta(minutes=11))
    answer = confirm(client, appointment, token)
    page = client.get(answer.headers["Location"])

    assert heading(page) == "Your refund has changed"
    assert "Before ₹1,000.00 Now ₹750.00" in words(page)
    assert "Cancel appointment and refund ₹750.00" in words(page)
    assert everything() == before

    confirm(client, appointment, page.context["offer"].token)

    assert Refund.objects.get().amount == 75_000


def test_check_when_the_figure_changed_meanwhile(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(BOUNDARY - timedelta(minutes=1))
    appointment = booked()
    client = sign_in(appointment)
    walk_to_check(client, appointment)

    clock.shift(timedelta(minutes=11))

    assert client.get(path("cancel_check", appointment)).headers["Location"] == path("cancel_new_refund", appointment)


def test_figure_when_its_time_is_over_and_it_is_the_same(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    appointment = booked()
    client = sign_in(appointment)
    token = walk_to_check(client, appointment)
    before = everything()

    clock.shift(timedelta(minutes=11))
    answer = confirm(client, appointment, token, shown="100000")
    page = client.get(answer.headers["Location"])

    assert heading(page) == "Confirm you want to cancel this appointment"
    assert "The amount is still the same. Confirm once more." in words(page)
    assert everything() == before


def test_figure_when_another_tab_showed_a_newer_one(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(BOUNDARY - timedelta(minutes=1))
    appointment = booked()
    client = sign_in(appointment)
    old_token = walk_to_check(client, appointment)
    clock.shift(timedelta(minutes=11))
    client.get(path("cancel", appointment))

    page = client.get(confirm(client, appointment, old_token, shown="100000").headers["Location"])

    assert "Before ₹1,000.00 Now ₹750.00" in words(page)


@pytest.mark.parametrize("shown", ["-5", "1e9", "٣", "9" * 40, "NaN"])
def test_figure_when_the_one_shown_is_forged(sign_in: SignIn, clock: time_machine.Traveller, shown: str) -> None:
    appointment = booked()
    client = sign_in(appointment)
    walk_to_check(client, appointment)
    before = everything()

    answer = confirm(client, appointment, "altered", shown=shown)

    assert answer.headers["Location"] == path("cancel_check", appointment)
    assert everything() == before


def test_figure_when_nothing_is_left_of_it(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(STARTS_AT - timedelta(hours=2, minutes=1))
    appointment = booked()
    client = sign_in(appointment)
    token = walk_to_check(client, appointment)

    clock.shift(timedelta(minutes=11))
    page = client.get(confirm(client, appointment, token).headers["Location"])

    assert "You will not get any money back." in words(page)
    confirm(client, appointment, page.context["offer"].token)
    assert fresh(appointment).status == Appointment.Status.CANCELLED
    assert Refund.objects.count() == 0


def test_token_when_altered(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    token = walk_to_check(client, appointment)
    before = everything()

    confirm(client, appointment, token[:-1] + ("A" if token[-1] != "A" else "B"))

    assert everything() == before


def test_token_when_of_another_appointment(sign_in: SignIn) -> None:
    appointment, other = booked(), booked()
    client = sign_in(appointment)
    walk_to_check(client, appointment)
    other_client = Client()
    other_client.force_login(other.chain.patient.user)  # type: ignore[arg-type]
    other_token = walk_to_check(other_client, other)
    before = everything()

    answer = confirm(client, appointment, other_token)

    assert answer.headers["Location"] == path("cancel_check", appointment)
    assert everything() == before


def test_token_when_missing(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    walk_to_check(client, appointment)
    before = everything()

    answer = client.post(path("cancel_check", appointment))

    assert answer.status_code == 302
    assert everything() == before


def test_more_time_when_asked_for(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    appointment = booked()
    client = sign_in(appointment)
    walk_to_check(client, appointment)
    clock.shift(timedelta(minutes=8))

    client.post(path("cancel_more_time", appointment))
    page = client.get(path("cancel_check", appointment))

    assert page.context["held_until"] == "2:48pm"
    assert "You have more time." in words(page)


def test_more_time_when_the_figure_has_changed(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(BOUNDARY - timedelta(minutes=1))
    appointment = booked()
    client = sign_in(appointment)
    walk_to_check(client, appointment)
    clock.shift(timedelta(minutes=8))

    client.post(path("cancel_more_time", appointment))
    page = client.get(path("cancel_check", appointment), follow=True)

    assert heading(page) == "Your refund has changed"


def test_more_time_when_nothing_was_shown(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)

    answer = client.post(path("cancel_more_time", appointment), follow=True)

    assert heading(answer) == "Check your refund before you cancel"


def test_new_refund_when_nothing_changed(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    walk_to_check(client, appointment)

    answer = client.get(path("cancel_new_refund", appointment))

    assert answer.headers["Location"] == path("cancel_check", appointment)
