"""T6, T7, T29: the security code that lets in who came by a link."""

import logging
from datetime import timedelta

import pytest
import structlog
import time_machine
from django.test import Client

from appointments.models import Appointment, ManageLink, OutboxMessage, SecurityCode
from tests.factories import NOW, booked
from tests.portal.mail_box import ask, codes_sent, deliver, link_to, newest_code, wrong
from tests.portal.walk import heading, path, words


@pytest.fixture
def appointment() -> Appointment:
    one = booked()
    deliver()
    return one


@pytest.mark.parametrize("shape", ["{0}{1} ", "{0} {1}", "{0}-{1}", " {0}–{1}"])
def test_code_when_typed(client: Client, appointment: Appointment, shape: str) -> None:
    code = ask(client, link_to(appointment))

    answer = client.post("/manage/code/", {"code": shape.format(code[:3], code[3:])})

    assert answer["Location"] == path("appointment", appointment)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the 6 numbers we sent you"),
        ("12345", "You have not entered enough numbers, the code has 6"),
        ("1234567", "The security code has 6 numbers"),
        ("12345x", "The security code has only numbers"),
        ("9" * 500, "The security code has 6 numbers"),
    ],
)
def test_code_when_it_cannot_be_one(client: Client, appointment: Appointment, typed: str, message: str) -> None:
    ask(client, link_to(appointment))

    page = client.post("/manage/code/", {"code": typed})

    assert words(page).count(message) == 2
    assert SecurityCode.objects.get().answers == 0


def test_t7_code_when_used_twice(client: Client, appointment: Appointment) -> None:
    address = link_to(appointment)
    code = ask(client, address)
    client.post("/manage/code/", {"code": code})
    again = Client()
    again.get(address)

    page = again.post("/manage/code/", {"code": code})

    assert page.status_code == 200
    assert again.get(path("appointment", appointment))["Location"].startswith("/login/")


def test_t7_code_when_another_was_used(client: Client, appointment: Appointment) -> None:
    address = link_to(appointment)
    first = ask(client, address)
    second = ask(client, address)
    client.post("/manage/code/", {"code": second})
    again = Client()
    again.get(address)

    assert again.post("/manage/code/", {"code": first}).status_code == 200


def test_t7_code_when_of_another_booking(client: Client, appointment: Appointment) -> None:
    code_of_other = ask(Client(), link_to(booked()))
    client.get(link_to(appointment))

    assert client.post("/manage/code/", {"code": code_of_other}).status_code == 200


def test_code_when_another_was_sent(client: Client, appointment: Appointment) -> None:
    address = link_to(appointment)
    first = ask(client, address)
    second = ask(client, address)

    assert first != second
    assert client.post("/manage/code/", {"code": first})["Location"] == path("appointment", appointment)


def test_code_when_expired(client: Client, appointment: Appointment, clock: time_machine.Traveller) -> None:
    code = ask(client, link_to(appointment))
    late = NOW + timedelta(minutes=15)
    clock.move_to(late)

    page = client.post("/manage/code/", {"code": code})

    assert words(page).count("The code has expired, we have sent you a new one") == 2
    newest = newest_code(now=late)
    assert client.post("/manage/code/", {"code": newest})["Location"] == path("appointment", appointment)


def test_t6_code_when_guessed(client: Client, appointment: Appointment) -> None:
    code = ask(client, link_to(appointment))
    for _ in range(4):
        assert "The security code is wrong" in words(client.post("/manage/code/", {"code": wrong(code)}))
    client.post("/manage/code/", {"code": wrong(code)})

    page = client.post("/manage/code/", {"code": code})

    assert page.status_code == 200
    assert client.get(path("appointment", appointment))["Location"].startswith("/login/")


def test_t6_code_when_guessed_by_one_link(client: Client, appointment: Appointment) -> None:
    code = ask(client, link_to(appointment))
    answers = [client.post("/manage/code/", {"code": wrong(code)}).status_code for _ in range(11)]

    assert answers[-1] == 404
    assert ManageLink.objects.latest("pk").wrong_answers == 10
    assert client.post("/manage/code/", {"code": code}).status_code == 404


def test_t6_code_when_guessed_by_many_links(client: Client, appointment: Appointment) -> None:
    for _ in range(5):
        code = ask(client, link_to(appointment))
        for _ in range(3):
            client.post("/manage/code/", {"code": wrong(code)})

    answer = client.post("/manage/code/", {"code": code})

    assert answer.status_code == 429
    assert heading(answer) == "There were too many tries"


def test_t6_code_when_asked_for_too_often(client: Client, appointment: Appointment) -> None:
    client.get(link_to(appointment))
    for _ in range(7):
        assert client.post("/manage/").status_code == 302

    assert codes_sent() == 5
    assert "We have sent several codes already" in words(client.get("/manage/code/"))


def test_code_when_nobody_can_be_reached(client: Client, appointment: Appointment) -> None:
    appointment.chain.patient.email = ""
    appointment.chain.patient.save()
    client.get(link_to(appointment))

    page = client.post("/manage/")

    assert heading(page) == "We cannot send you a code"
    assert SecurityCode.objects.count() == 0


def test_t29_code_when_kept_and_logged(
    client: Client, appointment: Appointment, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = link_to(appointment)
    with structlog.testing.capture_logs() as entries:
        code = ask(client, address)
        client.post("/manage/code/", {"code": code})
    log = f"{entries} {caplog.text}"

    assert "GET /m/…/" in log
    assert [secret for secret in (code, address, appointment.chain.patient.email) if secret in log] == []
    kept = OutboxMessage.objects.get(kind="security_code")
    assert code not in f"{kept.subject} {kept.body} {kept.key} {kept.error}"
    assert "Your security code is ••••••." in kept.body
