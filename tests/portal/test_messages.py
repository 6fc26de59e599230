"""How patients hear from the clinic, what was sent, and what did not arrive."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from appointments.models import Appointment, CarerRelation, MessagesBy, OutboxMessage, Patient, User
from appointments.usecases.carers import end_carer
from tests.factories import NOW, PatientFactory, UserFactory, booked, system
from tests.portal.mail_box import come_in, deliver
from tests.portal.test_people import relation_for, signed_in
from tests.portal.walk import path, title, words

pytestmark = pytest.mark.django_db

ANSWERS = {"messages_by": "sms", "reminders": "no", "quiet_from": "22:30", "quiet_until": "07:00"}
PHONE = "+919800000001"


@pytest.fixture(autouse=True)
def _texts_by_files(settings: Settings, tmp_path: Any) -> None:
    settings.SMS_SENDER, settings.EMAIL_FILE_PATH = "file", tmp_path


@pytest.fixture
def appointment() -> Appointment:
    one = booked(patient=PatientFactory.create(name="Meera Shah", phone=PHONE))
    deliver()
    return one


@pytest.fixture
def patient(appointment: Appointment) -> Patient:
    return appointment.chain.patient


def wishes(patient: Patient) -> tuple[str, bool, time, time]:
    patient.refresh_from_db()
    return patient.messages_by, patient.wants_reminders, patient.quiet_from, patient.quiet_until


DEFAULTS = (MessagesBy.EMAIL, True, time(21), time(8))


def test_wishes_when_saved(sign_in: Callable[[Appointment], Client], appointment: Appointment) -> None:
    client = sign_in(appointment)

    answer = client.post("/messages/", ANSWERS, follow=True)

    assert wishes(appointment.chain.patient) == (MessagesBy.SMS, False, time(22, 30), time(7))
    assert "Saved." in words(answer)


def test_wishes_when_something_is_missing(sign_in: Callable[[Appointment], Client], appointment: Appointment) -> None:
    answer = sign_in(appointment).post("/messages/", {"quiet_from": "late"})

    assert title(answer).startswith("Error:")
    assert "Select how you want to hear from us" in words(answer)
    assert "Enter a time, such as 21:00" in words(answer)
    assert wishes(appointment.chain.patient) == DEFAULTS


def test_wishes_when_there_is_only_one_way(sign_in: Callable[[Appointment], Client], appointment: Appointment) -> None:
    Patient.objects.update(phone="09800 000001")
    client = sign_in(appointment)

    page = words(client.get("/messages/"))
    client.post("/messages/", ANSWERS)

    assert "How do you want to hear from us?" not in page
    assert "This phone number gets no text messages" in page
    assert wishes(appointment.chain.patient) == (MessagesBy.EMAIL, False, time(22, 30), time(7))


def test_wishes_when_account_has_no_patient(appointment: Appointment) -> None:
    assert signed_in(UserFactory.create(email="other@example.org")).get("/messages/").status_code == 404


def test_wishes_when_a_guest_comes(client: Client, appointment: Appointment) -> None:
    with time_machine.travel(NOW, tick=False):
        come_in(client, appointment)

        assert client.get("/messages/")["Location"].startswith("/login/")


@pytest.fixture
def carer() -> User:
    return UserFactory.create(email="asha@example.org", full_name="Asha Shah")


def ask(carer: User, relation: CarerRelation) -> int:
    with time_machine.travel(NOW, tick=False):
        return signed_in(carer).post(f"/messages/{relation.pk}/", ANSWERS).status_code


def test_wishes_when_a_carer_saves_them(appointment: Appointment, patient: Patient, carer: User) -> None:
    relation = relation_for(appointment, carer)

    assert ask(carer, relation) == 302

    assert wishes(patient) == (MessagesBy.SMS, False, time(22, 30), time(7))


def test_wishes_when_a_carer_may_only_look(appointment: Appointment, patient: Patient, carer: User) -> None:
    relation = relation_for(appointment, carer, rights="view")

    assert (ask(carer, relation), wishes(patient)) == (404, DEFAULTS)


def test_wishes_when_the_right_has_ended(appointment: Appointment, patient: Patient, carer: User) -> None:
    relation = relation_for(appointment, carer)
    end_carer(relation_id=relation.pk, actor=system(), now=NOW)

    assert (ask(carer, relation), wishes(patient)) == (404, DEFAULTS)


def test_pages_when_an_address_is_lost(sign_in: Callable[[Appointment], Client], appointment: Appointment) -> None:
    client = sign_in(appointment)
    email = appointment.chain.patient.email
    masked = f"{email[0]}•••@example.org"
    told = f"We could not reach {masked}. Check the address."
    assert told not in words(client.get("/appointments/"))

    Patient.objects.update(bounced_email=email)

    assert told in words(client.get("/appointments/"))
    assert told in words(client.get(path("appointment", appointment)))
    assert f"We could not reach {email}. Check the address." in words(client.get("/messages/"))


def test_messages_when_listed(sign_in: Callable[[Appointment], Client], appointment: Appointment) -> None:
    OutboxMessage.objects.update(state=OutboxMessage.State.DELIVERED)
    client = sign_in(appointment)

    page = words(client.get(path("appointment", appointment)))

    email = appointment.chain.patient.email
    assert "Messages about this appointment" in page
    assert f"Appointment booked E-mail to {email[0]}•••@example.org: Arrived" in page
