"""The security code of a patient who is reached by text message."""

import re
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from appointments.models import Appointment
from tests.factories import PatientFactory, booked
from tests.portal.mail_box import deliver, link_to
from tests.portal.walk import heading, path, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment(settings: Settings, tmp_path: Path) -> Appointment:
    settings.SMS_SENDER, settings.EMAIL_FILE_PATH = "file", tmp_path
    return booked(patient=PatientFactory.create(user=None, email="", phone="+447700900101"))


def newest_text(folder: Path) -> str:
    deliver()
    return max(folder.glob("*.sms.txt"), key=lambda path: path.stat().st_mtime_ns).read_text()


def test_code_when_it_goes_to_a_phone(client: Client, appointment: Appointment, tmp_path: Path) -> None:
    client.get(link_to(appointment))
    assert "We send a security code to •••• 101." in words(client.get("/manage/"))
    asked = client.post("/manage/", follow=True)
    assert heading(asked) == "Check your phone"
    assert "unwanted mail" not in words(asked)

    code = re.search(r"(\d{6}) is your security code", newest_text(tmp_path))

    assert code
    assert client.post("/manage/code/", {"code": code[1]})["Location"] == path("appointment", appointment)
    assert mail.outbox == []


def test_code_when_no_texts_are_sent(client: Client, appointment: Appointment, settings: Settings) -> None:
    settings.SMS_SENDER = ""
    client.get(link_to(appointment))

    answer = client.post("/manage/", follow=True)

    assert heading(answer) == "We cannot send you a code"
    assert "The clinic has no e-mail address or mobile number for this booking." in words(answer)
