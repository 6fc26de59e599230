"""Text messages: who gets them, what they say, and what becomes of one that cannot be sent."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core import mail as post
from pytest_django import Settings

from appointments.manage import links
from appointments.manage.codes import ask_for_code
from appointments.models import Appointment, ManageLink, MessageKind, MessagesBy, OutboxMessage, Slot
from appointments.notifications.outbox import due_messages, send_message
from appointments.notifications.sms.alphabet import folded, parts
from appointments.notifications.sms.base import SmsNeverError, SmsRetryError
from appointments.notifications.sms.files import FileSender
from appointments.notifications.texts import word_text
from appointments.reach import text_number
from appointments.usecases.change_contact import Contact, change_contact
from appointments.usecases.send_again import send_again
from tests.factories import PatientFactory, booked, system
from tests.notifications.scenes import SCENES, message_of

_State = OutboxMessage.State
PHONE = "+447700900101"


@pytest.fixture(autouse=True)
def _by_files(settings: Settings, tmp_path: Path) -> None:
    settings.SMS_SENDER = "file"
    settings.EMAIL_FILE_PATH = tmp_path


def texts(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.glob("*.sms.txt")]


def ways(kind: MessageKind = MessageKind.BOOKED) -> list[tuple[str, str]]:
    return list(OutboxMessage.objects.filter(kind=kind).order_by("pk").values_list("way", "recipient"))


@pytest.mark.parametrize(
    ("messages_by", "email", "phone", "expected"),
    [
        (MessagesBy.EMAIL, "rosa@example.org", PHONE, [("email", "rosa@example.org")]),
        (MessagesBy.EMAIL, "", PHONE, [("sms", PHONE)]),
        (MessagesBy.SMS, "rosa@example.org", "0044 7700 900101", [("sms", PHONE)]),
        (MessagesBy.SMS, "rosa@example.org", "07700 900101", [("email", "rosa@example.org")]),
        (MessagesBy.BOTH, "rosa@example.org", PHONE, [("email", "rosa@example.org"), ("sms", PHONE)]),
        (MessagesBy.BOTH, "", "", [("email", "")]),
    ],
)
def test_ways_when_patient_prefers(
    slot: Slot, messages_by: MessagesBy, email: str, phone: str, expected: list[tuple[str, str]]
) -> None:
    booked(slot=slot, patient=PatientFactory.create(user=None, email=email, phone=phone, messages_by=messages_by))

    assert ways() == expected


def test_number_when_no_texts_are_sent(settings: Settings) -> None:
    settings.SMS_SENDER = ""

    assert text_number(PHONE) == ""


def test_text_when_sent(slot: Slot, now: datetime, tmp_path: Path) -> None:
    booked(slot=slot, patient=PatientFactory.create(user=None, email="", phone=PHONE))

    assert [send_message(message, now=now) for message in due_messages(now=now, limit=9)] == [True]

    row = OutboxMessage.objects.get()
    [text] = texts(tmp_path)
    token = re.search(r"/m/([^/]+)/", text)
    assert token
    assert ManageLink.objects.get().digest == links.digest_of(token[1])
    assert text == f"To: {PHONE}\n\n{row.body}\n".replace(links.TOKEN_PLACE, token[1])
    assert (row.state, row.sent_at, row.subject, post.outbox) == (_State.SENT, now, "", [])
    assert (tmp_path / row.provider_id).read_text() == text


def test_code_when_patient_prefers_texts(appointment: Appointment, now: datetime, tmp_path: Path) -> None:
    patient = appointment.chain.patient
    patient.phone, patient.messages_by = PHONE, MessagesBy.BOTH
    patient.save()

    assert ask_for_code(appointment=appointment, link=None, now=now) is True

    assert ways(MessageKind.SECURITY_CODE) == [("sms", PHONE)]
    send_message(message_of(MessageKind.SECURITY_CODE), now=now)
    [text] = texts(tmp_path)
    assert re.search(r"\n\n\d{6} is your security code for Kirkwood Clinic, London\. ", text)
    assert "••••••" in message_of(MessageKind.SECURITY_CODE).body


def _refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refusing(self: FileSender, *, to: str, text: str) -> str:
        raise error

    monkeypatch.setattr(FileSender, "send", refusing)


def test_text_when_number_takes_none(slot: Slot, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    booked(slot=slot, patient=PatientFactory.create(user=None, email="", phone=PHONE))
    _refuse(monkeypatch, SmsNeverError("no such number"))

    assert send_message(OutboxMessage.objects.get(), now=now) is False

    row = OutboxMessage.objects.get()
    assert (row.state, row.tries, row.error, row.sent_at) == (_State.FAILED, 1, "no such number", None)


def test_text_when_provider_is_away(slot: Slot, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    booked(slot=slot, patient=PatientFactory.create(user=None, email="", phone=PHONE))
    _refuse(monkeypatch, SmsRetryError("away"))

    assert send_message(OutboxMessage.objects.get(), now=now) is False

    row = OutboxMessage.objects.get()
    assert (row.state, row.tries, row.error) == (_State.WAITING, 1, "SmsRetryError: away")


def test_text_when_sent_again_to_a_patient_with_an_address_now(slot: Slot, now: datetime) -> None:
    patient = PatientFactory.create(user=None, email="", phone=PHONE)
    booked(slot=slot, patient=patient)
    OutboxMessage.objects.update(state=_State.FAILED)
    patient.email, patient.phone = "rosa@example.org", ""
    patient.save()

    assert send_again(message=OutboxMessage.objects.get(), now=now) is True

    assert ways() == [("email", "rosa@example.org")]


def test_change_of_contact_when_patient_gets_texts(slot: Slot, now: datetime) -> None:
    patient = PatientFactory.create(user=None, email="", phone=PHONE)
    booked(slot=slot, patient=patient)

    change_contact(patient_id=patient.pk, to=Contact(phone="+44 7700 900102"), actor=system(), now=now)

    assert ways(MessageKind.CONTACT_CHANGED) == [("sms", PHONE), ("sms", "+447700900102")]


@pytest.mark.parametrize("kind", list(MessageKind))
def test_words_when_in_english(kind: MessageKind, slot: Slot, now: datetime, settings: Settings) -> None:
    settings.SITE_URL = "https://appointments.kirkwood-clinic.example"
    settings.SANDBOX_SETTLE_SECONDS = 0
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]
    SCENES[kind](slot, now)
    centre = slot.doctor.centre
    centre.name = "The Kirkwood Clinic for Outpatients – South Bank, Lambeth and Southwark"
    centre.save()

    text = word_text(message_of(kind))

    for place in ("known-to-the-patient-alone", "sent-to-the-patient-alone"):
        text = text.replace(place, "x" * 43)
    text = text.replace("••••••", "123456")
    assert text == folded(text, currency="GBP")
    assert parts(text) <= 2
    assert "Lindqvist" not in text
    assert "Oncology" not in text


def test_words_when_money_has_another_sign() -> None:
    assert folded("₹1,25,000.50 – Renée’s", currency="INR") == "INR 1,25,000.50 - Renée's"


def test_parts_when_at_the_edge() -> None:
    lengths = [parts(text) for text in ("a" * 160, "a" * 161, "€" * 80, "€" * 81, "क" * 70, "क" * 71, "a" * 307)]

    assert lengths == [1, 2, 1, 2, 1, 2, 3]
