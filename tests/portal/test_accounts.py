from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import DoctorFactory, PatientFactory, UserFactory, booked
from tests.portal.walk import title, words

LOGIN = "/login/"
NO_MATCH = "E-mail or phone number and password do not match. Check both"


@pytest.fixture
def patient() -> object:
    user = UserFactory.create(email="meera@example.org", phone="+915550001001", password="a good password")
    return PatientFactory.create(user=user, birth_date=date(1988, 4, 17))


@pytest.mark.parametrize("name", ["meera@example.org", "MEERA@example.org", "+91 55500-01001"])
def test_login_when_password_is_right(client: Client, patient: object, name: str) -> None:
    answer = client.post(LOGIN, {"login": name, "password": "a good password"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/appointments/")


@pytest.mark.parametrize(
    ("name", "password"),
    [("meera@example.org", "wrong"), ("nobody@example.org", "a good password"), ("+1 000", "a good password")],
)
def test_login_when_it_does_not_match(client: Client, patient: object, name: str, password: str) -> None:
    answer = client.post(LOGIN, {"login": name, "password": password})

    assert title(answer) == "Error: Sign in – Fairslot"
    assert words(answer).count(NO_MATCH) == 1
    assert "_auth_user_id" not in client.session


def test_login_when_inactive(client: Client) -> None:
    user = UserFactory.create(password="a good password", is_active=False)

    answer = client.post(LOGIN, {"login": user.email, "password": "a good password"})

    assert NO_MATCH in words(answer)
    assert "_auth_user_id" not in client.session


def test_login_when_empty(client: Client) -> None:
    answer = client.post(LOGIN, {"login": "", "password": ""})

    assert words(answer).count("Enter your e-mail address or phone number") == 2
    assert words(answer).count("Enter your password") == 2


def test_login_when_a_page_was_asked_for(client: Client, patient: object) -> None:
    sent = {"login": "meera@example.org", "password": "a good password", "next": "/appointments/K7QP-3MHC/"}

    assert client.post(LOGIN, sent).headers["Location"] == "/appointments/K7QP-3MHC/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "http:evil"]
)
def test_login_when_next_leads_elsewhere(client: Client, patient: object, elsewhere: str) -> None:
    sent = {"login": "meera@example.org", "password": "a good password", "next": elsewhere}

    assert client.post(LOGIN, sent).headers["Location"] == "/appointments/"


def test_login_when_staff(client: Client) -> None:
    user = UserFactory.create(password="a good password", is_staff=True)

    answer = client.post(LOGIN, {"login": user.email, "password": "a good password"})

    assert answer.headers["Location"] == "/admin/"


def test_login_when_doctor(client: Client) -> None:
    user = UserFactory.create(password="a good password")
    DoctorFactory.create(user=user)

    answer = client.post(LOGIN, {"login": user.email, "password": "a good password"})

    assert answer.headers["Location"] == "/admin/"


def test_login_when_signed_in(client: Client, patient: object) -> None:
    session_before = client.session.session_key
    client.post(LOGIN, {"login": "meera@example.org", "password": "a good password"})

    assert client.session.session_key != session_before
    assert client.get(LOGIN).headers["Location"] == "/appointments/"


def test_logout_when_posted(client: Client) -> None:
    appointment = booked()
    client.force_login(appointment.chain.patient.user)  # type: ignore[arg-type]

    answer = client.post(reverse("portal:logout"))

    assert answer.headers["Location"] == LOGIN
    assert "_auth_user_id" not in client.session


def test_logout_when_only_opened(client: Client) -> None:
    appointment = booked()
    client.force_login(appointment.chain.patient.user)  # type: ignore[arg-type]

    assert client.get(reverse("portal:logout")).status_code == 405
    assert "_auth_user_id" in client.session


def test_home_when_nobody_is_signed_in(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/appointments/"


def test_home_when_staff(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True))

    assert client.get("/").headers["Location"] == "/admin/"
