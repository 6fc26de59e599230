"""A new account sees nothing until its address is proved, and then only the one record with that address."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from appointments.models import Appointment, ContactChange, Patient, User
from tests.factories import PatientFactory, UserFactory, booked
from tests.portal.walk import path, words

ADDRESS = "meera@example.org"


@pytest.fixture
def appointment(db: None) -> Appointment:
    return booked(patient=PatientFactory.create(user=None, name="Meera Shah", email=ADDRESS))


def sign_up(client: Client, email: str = ADDRESS) -> Any:
    answers = {"full_name": "Meera Shah", "email": email, "password1": "a good password"}
    return client.post("/account/signup/", answers)


def enter_code(client: Client) -> Any:
    found = re.search(r"^(\d{6})$", str(mail.outbox[-1].body), flags=re.MULTILINE)
    assert found
    return client.post("/account/confirm-email/", {"code": found[1]})


def test_sign_up_when_the_address_is_proved(client: Client, appointment: Appointment) -> None:
    assert sign_up(client)["Location"] == "/account/confirm-email/"
    assert client.get(path("appointment", appointment))["Location"].startswith("/login/")
    assert Patient.objects.get().user is None

    assert enter_code(client)["Location"] == "/"

    assert Patient.objects.get().user == User.objects.get(email=ADDRESS)
    assert User.objects.get(email=ADDRESS).full_name == "Meera Shah"
    assert client.get(path("appointment", appointment)).status_code == 200
    assert list(ContactChange.objects.get().after) == ["account"]


def test_sign_up_when_the_code_is_wrong(client: Client, appointment: Appointment) -> None:
    sign_up(client)
    client.post("/account/confirm-email/", {"code": "abcdef"})

    assert client.get("/appointments/")["Location"].startswith("/login/")
    assert Patient.objects.get().user is None


def test_sign_up_when_two_patients_have_the_address(client: Client, appointment: Appointment) -> None:
    PatientFactory.create(user=None, email=ADDRESS)
    sign_up(client)
    enter_code(client)

    assert set(Patient.objects.values_list("user", flat=True)) == {None}
    assert client.get(path("appointment", appointment)).status_code == 404


def test_sign_up_when_the_record_has_an_account(client: Client, db: None) -> None:
    owner = UserFactory.create(email="other@example.org")
    one = booked(patient=PatientFactory.create(user=owner, email=ADDRESS))
    sign_up(client)
    enter_code(client)

    assert Patient.objects.get().user == owner
    assert client.get(path("appointment", one)).status_code == 404


def test_t6_sign_up_when_the_address_has_an_account(client: Client, db: None) -> None:
    UserFactory.create(email=ADDRESS)
    taken, free = sign_up(client), sign_up(Client(), "free@example.org")

    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])
    assert User.objects.filter(email=ADDRESS).count() == 1
    assert [message.to for message in mail.outbox] == [[ADDRESS], ["free@example.org"]]


def test_t27_sign_up_when_more_is_sent(client: Client, db: None) -> None:
    answers = {
        "full_name": "M",
        "email": ADDRESS,
        "password1": "a good password",
        "is_staff": "on",
        "is_superuser": "1",
    }
    client.post("/account/signup/", answers)

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (False, False)


@pytest.mark.parametrize("password", ["short", "12345678901", "password123"])
def test_sign_up_when_the_password_is_weak(client: Client, db: None, password: str) -> None:
    page = client.post("/account/signup/", {"full_name": "M", "email": ADDRESS, "password1": password})

    assert page.status_code == 200
    assert "There is a problem" in words(page)
    assert User.objects.count() == 0
