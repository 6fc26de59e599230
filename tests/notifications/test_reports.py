"""What providers tell of messages: believed once, only if signed, noted on the message, and followed by another way."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as post
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from appointments.models import Appointment, DeliveryReport, MessageKind, MessagesBy, OutboxMessage, Patient
from appointments.notifications.outbox import send_message
from appointments.notifications.reports import keep_report
from appointments.notifications.sms.base import SmsNeverError
from appointments.notifications.sms.files import FileSender
from appointments.reach import addresses_of, lost_addresses
from appointments.usecases.change_contact import Contact, change_contact
from appointments.usecases.send_again import send_again
from tests.factories import NOW, system

_State = OutboxMessage.State
_Outcome = DeliveryReport.Outcome
KEY, PHONE = "a-signing-key", "+447700900101"
MAILGUN, TWILIO = "/webhooks/messages/mailgun/", "/webhooks/messages/twilio/"


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _providers(settings: Settings, tmp_path: Any) -> None:
    settings.MAILGUN_WEBHOOK_SIGNING_KEY = KEY
    settings.SMS_SENDER, settings.EMAIL_FILE_PATH = "file", tmp_path


@pytest.fixture
def sent(appointment: Appointment) -> OutboxMessage:
    """The mail about the booking, sent."""
    assert send_message(OutboxMessage.objects.get(), now=NOW)
    return OutboxMessage.objects.get()


def with_phone(message: OutboxMessage) -> Patient:
    Patient.objects.update(phone=PHONE)
    return Patient.objects.get(pk=message.patient_id)


def told(client: Client, message: OutboxMessage, event: str, *, token: str = "t1", **changed: Any) -> int:
    """Let Mailgun tell of a mail; returns what it is answered."""
    at = str(int(changed.get("at", NOW).timestamp()))
    signature = hmac.new(KEY.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    body = {
        "signature": {"token": token, "timestamp": at, "signature": changed.get("signature", signature)},
        "event-data": {
            "event": event,
            "severity": changed.get("severity", "permanent"),
            "timestamp": NOW.timestamp(),
            "recipient": message.recipient,
            "message": {"headers": {"message-id": message.provider_id.strip("<>")}},
            "delivery-status": {"description": "No such mailbox"},
        },
    }
    return client.post(MAILGUN, json.dumps(body), content_type="application/json").status_code


def state_of(message: OutboxMessage) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.error


def test_number_when_a_mail_goes_out(sent: OutboxMessage, settings: Settings) -> None:
    assert post.outbox[0].message()["Message-ID"] == sent.provider_id
    assert sent.provider_id.endswith("@localhost>")


def test_report_when_mail_arrived(client: Client, sent: OutboxMessage) -> None:
    assert told(client, sent, "delivered") == 200

    assert state_of(sent) == (_State.DELIVERED, "")


def test_report_when_mail_bounced(client: Client, sent: OutboxMessage) -> None:
    told(client, sent, "delivered", token="t1")
    assert told(client, sent, "failed", token="t2") == 200

    assert state_of(sent) == (_State.BOUNCED, "No such mailbox")
    assert lost_addresses(Patient.objects.get(pk=sent.patient_id)) == ["rosa@example.org"]
    assert OutboxMessage.objects.count() == 1


def test_report_when_bounce_is_only_for_now(client: Client, sent: OutboxMessage) -> None:
    assert told(client, sent, "failed", severity="temporary") == 200

    assert state_of(sent) == (_State.SENT, "")
    assert DeliveryReport.objects.count() == 0


@pytest.mark.parametrize("changed", [{"signature": "0" * 64}, {"at": NOW - timedelta(days=2)}])
def test_report_when_not_genuine(client: Client, sent: OutboxMessage, changed: dict[str, Any]) -> None:
    assert told(client, sent, "failed", **changed) == 400

    assert state_of(sent) == (_State.SENT, "")
    assert DeliveryReport.objects.count() == 0


def test_report_when_token_is_used_again(client: Client, sent: OutboxMessage) -> None:
    told(client, sent, "delivered")

    assert told(client, sent, "failed") == 200

    assert state_of(sent) == (_State.DELIVERED, "")
    assert DeliveryReport.objects.count() == 1


def test_report_when_no_key_is_set(client: Client, sent: OutboxMessage, settings: Settings) -> None:
    settings.MAILGUN_WEBHOOK_SIGNING_KEY = settings.TWILIO_AUTH_TOKEN = ""

    assert told(client, sent, "failed") == 404
    assert client.post(TWILIO, {"MessageSid": "SM1"}).status_code == 404
    assert state_of(sent) == (_State.SENT, "")


def test_report_when_it_is_no_json(client: Client, sent: OutboxMessage) -> None:
    assert client.post(MAILGUN, {"event": "bounced"}).status_code == 400


def test_report_when_it_comes_before_the_mail_is_noted(
    appointment: Appointment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appointments.notifications.outbox.uuid4", lambda: "early")
    keep_report(
        provider="mailgun",
        report_id="t1",
        message_number="<early@localhost>",
        outcome=_Outcome.DELIVERED,
        reason="",
        now=now,
    )

    send_message(OutboxMessage.objects.get(), now=now)

    assert state_of(OutboxMessage.objects.get()) == (_State.DELIVERED, "")


def test_bounce_when_patient_has_a_phone(client: Client, sent: OutboxMessage, now: datetime) -> None:
    patient = with_phone(sent)

    told(client, sent, "failed")

    text = OutboxMessage.objects.get(way="sms")
    assert (text.kind, text.recipient, text.state, text.event) == (sent.kind, PHONE, _State.WAITING, sent.event)
    patient.refresh_from_db()
    assert [one.to for one in addresses_of(patient)] == [PHONE]
    assert send_message(text, now=now)


def test_bounce_when_address_changes(client: Client, sent: OutboxMessage) -> None:
    patient = with_phone(sent)
    told(client, sent, "failed")

    change_contact(
        patient_id=patient.pk, to=Contact(email="new@example.org", account=patient.user_id), actor=system(), now=NOW
    )

    patient.refresh_from_db()
    assert lost_addresses(patient) == []
    assert [one.to for one in addresses_of(patient)] == ["new@example.org"]


def test_bounce_when_a_later_mail_arrives(client: Client, sent: OutboxMessage) -> None:
    told(client, sent, "failed", token="t1")
    assert send_again(message=sent, now=NOW)
    send_message(OutboxMessage.objects.get(), now=NOW)
    sent.refresh_from_db()

    told(client, sent, "delivered", token="t2")

    assert lost_addresses(Patient.objects.get(pk=sent.patient_id)) == []


def test_bounce_when_it_went_to_somebody_else(client: Client, sent: OutboxMessage) -> None:
    with_phone(sent)
    OutboxMessage.objects.update(recipient="carer@example.org")

    told(client, sent, "failed")

    assert state_of(sent)[0] == _State.BOUNCED
    assert lost_addresses(Patient.objects.get(pk=sent.patient_id)) == []
    assert OutboxMessage.objects.count() == 1


def test_text_when_its_number_takes_none(appointment: Appointment, now: datetime, monkeypatch: Any) -> None:
    def refusing(self: FileSender, *, to: str, text: str) -> str:
        raise SmsNeverError("no such number")

    monkeypatch.setattr(FileSender, "send", refusing)
    OutboxMessage.objects.update(way="sms", recipient=PHONE, key=f"booked.sms:{appointment.events.latest('pk').pk}")
    Patient.objects.update(phone=PHONE, messages_by=MessagesBy.SMS)

    assert send_message(OutboxMessage.objects.get(), now=now) is False

    mail = OutboxMessage.objects.get(way="email")
    assert (mail.kind, mail.recipient, mail.state) == (MessageKind.BOOKED, "rosa@example.org", _State.WAITING)
    assert Patient.objects.get().bounced_phone == PHONE


@pytest.mark.parametrize(
    ("status", "state", "error"),
    [
        ("sent", _State.SENT, ""),
        ("delivered", _State.DELIVERED, ""),
        ("undelivered", _State.BOUNCED, "Twilio: undelivered, code 30003"),
    ],
)
def test_text_when_twilio_tells(
    client: Client, sent: OutboxMessage, settings: Settings, status: str, state: str, error: str
) -> None:
    settings.TWILIO_AUTH_TOKEN = "secret"
    OutboxMessage.objects.update(way="sms", recipient=PHONE, provider_id="SM1")
    form = {"MessageSid": "SM1", "MessageStatus": status} | ({"ErrorCode": "30003"} if error else {})
    signature = RequestValidator("secret").compute_signature(f"http://testserver{TWILIO}", form)

    assert client.post(TWILIO, form, headers={"X-Twilio-Signature": signature}).status_code == 204
    assert state_of(sent) == (state, error)


def test_text_when_twilio_did_not_sign(client: Client, sent: OutboxMessage, settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = "secret"
    OutboxMessage.objects.update(way="sms", recipient=PHONE, provider_id="SM1")

    answer = client.post(TWILIO, {"MessageSid": "SM1", "MessageStatus": "failed"})

    assert (answer.status_code, state_of(sent)) == (400, (_State.SENT, ""))


def test_report_when_changed_afterwards(client: Client, sent: OutboxMessage) -> None:
    told(client, sent, "delivered")

    with pytest.raises(DatabaseError, match="delivery_report_is_never_changed"), transaction.atomic():
        DeliveryReport.objects.update(outcome=_Outcome.BOUNCED)

    assert DeliveryReport.objects.get().outcome == _Outcome.DELIVERED
