"""Apps in the admin: who may register them, and the addresses that nobody may register."""

from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import get_application_model

from appointments.models import PatientApp, User
from tests.admin.desk import browser
from tests.api.phones import BACK, patient, phone_of, pulse, question
from tests.factories import NOW, UserFactory

ADD = reverse("admin:appointments_patientapp_add")
FILLED = {"name": "Pulse", "maker": "Example Health", "redirect_uris": BACK, "is_active": "on"}


@pytest.fixture(autouse=True)
def _at_now(db: None) -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def staff(*rights: str) -> User:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


@pytest.fixture
def desk() -> Client:
    return browser(staff("add_patientapp", "change_patientapp", "view_patientapp"))


def change_page(app: PatientApp) -> str:
    return reverse("admin:appointments_patientapp_change", args=[app.pk])


def test_app_when_registered(desk: Client) -> None:
    assert desk.post(ADD, FILLED | {"redirect_uris": f"{BACK}\r\nhttps://pulse.example.com/back"}).status_code == 302

    app, client = PatientApp.objects.get(), get_application_model().objects.get()
    assert app.redirect_uris == f"{BACK}\nhttps://pulse.example.com/back"
    assert (client.client_id, client.redirect_uris) == (app.oauth_client_id, app.redirect_uris)
    assert (client.client_type, client.authorization_grant_type) == ("public", "authorization-code")
    assert client.skip_authorization is False
    assert app.oauth_client_id in desk.get(change_page(app)).content.decode()
    assert LogEntry.objects.count() == 1


def test_app_when_its_address_changes(desk: Client) -> None:
    app = pulse()

    desk.post(change_page(app), FILLED | {"redirect_uris": "com.example.pulse:/new"})

    assert Client().get(question(app)).status_code == 400
    assert Client().get(question(app, redirect_uri="com.example.pulse:/new")).status_code == 302
    assert get_application_model().objects.get().client_id == app.oauth_client_id


def test_app_when_switched_off(desk: Client) -> None:
    app = pulse()
    phone = phone_of(patient(), app=app)

    desk.post(change_page(app), {name: value for name, value in FILLED.items() if name != "is_active"})

    assert phone.read("appointments/").status_code == 401


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "pulse:/back",
        "com.example.pulse:back",
        "http://pulse.example.com/back",
        "http://localhost/back",
        "https://*.example.com/back",
        "https://pulse.example.com/back#x",
        "https://user@pulse.example.com/back",
        "https:///back",
        "https://pulse.example.com/b;script-src",
        "https://pulse.example.com/b,script-src",
        "https://[::1/back",
        " ".join(f"{BACK}{number}" for number in range(11)),
    ],
)
def test_t24_address_when_no_patient_should_be_led_there(desk: Client, address: str) -> None:
    assert desk.post(ADD, FILLED | {"redirect_uris": address}).status_code == 200

    assert not PatientApp.objects.exists()
    assert not get_application_model().objects.exists()


def test_t10_app_when_without_the_right() -> None:
    app = pulse()
    for user in (staff("view_patientapp", "issue_apikey"), staff()):
        desk = browser(user)

        told = [desk.post(ADD, FILLED | {"name": "Other"}), desk.post(change_page(app), FILLED | {"maker": "Mallory"})]

        assert [answer.status_code for answer in told] == [403, 403]
    assert list(PatientApp.objects.values_list("name", "maker")) == [("Pulse", "Example Health")]


def test_app_when_deleted(desk: Client) -> None:
    app = pulse()

    answer = desk.post(reverse("admin:appointments_patientapp_delete", args=[app.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert PatientApp.objects.exists()
