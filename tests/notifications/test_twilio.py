"""Twilio's SDK against a fake of it, over HTTP."""

import base64
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from appointments.notifications.sms.base import SmsNeverError, SmsRetryError
from appointments.notifications.sms.registry import sender
from tests.notifications.fake_twilio import FakeTwilio, fake_twilio

TO = "+447700900101"


@pytest.fixture
def twilio(settings: Settings) -> Iterator[FakeTwilio]:
    with fake_twilio() as fake:
        settings.SMS_SENDER = "twilio"
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC1", "secret"
        settings.TWILIO_FROM = "+15005550006"
        settings.TWILIO_API_BASE = fake.address
        yield fake


def test_text_when_taken(twilio: FakeTwilio) -> None:
    assert sender().send(to=TO, text="Hello, नमस्ते") == "SM0123456789"

    assert twilio.told == [
        {
            "To": TO,
            "From": "+15005550006",
            "Body": "Hello, नमस्ते",
            "path": "/2010-04-01/Accounts/AC1/Messages.json",
            "authorization": f"Basic {base64.b64encode(b'AC1:secret').decode()}",
        }
    ]


def test_text_when_a_service_picks_the_number(twilio: FakeTwilio, settings: Settings) -> None:
    settings.TWILIO_FROM = "MG42"

    sender().send(to=TO, text="Hello")

    assert (twilio.told[0]["MessagingServiceSid"], "From" in twilio.told[0]) == ("MG42", False)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, 21211, SmsNeverError),
        (400, 21610, SmsNeverError),
        (401, 20003, SmsRetryError),
        (429, 20429, SmsRetryError),
        (500, 20500, SmsRetryError),
    ],
)
def test_text_when_refused(twilio: FakeTwilio, status: int, code: int, error: type[Exception]) -> None:
    twilio.refuse(status, code)

    with pytest.raises(error, match=rf"^Twilio answered {status}, code {code}$"):
        sender().send(to=TO, text="Hello")

    assert len(twilio.told) == 1


def test_text_when_there_is_no_answer(twilio: FakeTwilio, settings: Settings) -> None:
    settings.SMS_TIMEOUT_SECONDS = 0.1
    twilio.is_silent = True

    with pytest.raises(SmsRetryError, match=r"^Twilio gave no answer: ReadTimeout$"):
        sender().send(to=TO, text="Hello")

    assert len(twilio.told) == 1


def test_text_when_nobody_listens(twilio: FakeTwilio, settings: Settings) -> None:
    settings.TWILIO_API_BASE = "http://127.0.0.1:9"

    with pytest.raises(SmsRetryError, match=r"^Twilio gave no answer: ConnectionError$"):
        sender().send(to=TO, text="Hello")

    assert twilio.told == []
