"""T6, T7: a sign-in code by text message, and what is the same whether or not anybody has the number."""

import logging
import re
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from appointments.accounts import code_texts
from appointments.models import User
from appointments.notifications.sms import registry
from appointments.notifications.sms.base import SmsRetryError
from tests.factories import UserFactory
from tests.portal.walk import heading, words

pytestmark = pytest.mark.django_db

ASK, CONFIRM = "/account/login/code/", "/account/login/code/confirm/"
PHONE, NOBODYS = "+447700900101", "+447700900109"


@pytest.fixture(autouse=True)
def _texts(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send text messages as files, and at once."""
    settings.SMS_SENDER, settings.EMAIL_FILE_PATH = "file", tmp_path
    send = code_texts.send_code
    monkeypatch.setattr(code_texts, "send_code", lambda **told: list(send(**told)))


@pytest.fixture
def user() -> User:
    return UserFactory.create(email=None, phone=PHONE)


def texts(folder: Path) -> list[str]:
    return [path.read_text() for path in sorted(folder.glob("*.sms.txt"), key=lambda path: path.stat().st_mtime_ns)]


def code_in(text: str) -> str:
    found = re.search(r"(\d{6}) is your sign-in code", text)
    assert found
    return found[1]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_code_when_the_account_has_only_a_phone(client: Client, user: User, tmp_path: Path) -> None:
    page = client.post(ASK, {"email": "0044 7700-900101"}, follow=True)
    assert heading(page) == "Check your phone"
    assert PHONE in words(page)
    [text] = texts(tmp_path)
    assert text.startswith(f"To: {PHONE}\n")

    answer = client.post(CONFIRM, {"code": code_in(text)})

    assert answer["Location"] == "/appointments/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert mail.outbox == []


def test_t6_page_when_nobody_has_the_number(user: User, tmp_path: Path) -> None:
    known, unknown = Client(), Client()
    pages = [one.post(ASK, {"email": to}, follow=True) for one, to in ((known, PHONE), (unknown, NOBODYS))]
    again = [one.post(CONFIRM, {"action": "resend"}, follow=True) for one in (known, unknown)]
    wrong = [one.post(CONFIRM, {"code": "00000x"}, follow=True) for one in (known, unknown)]

    for one, other in (pages, again, wrong):
        assert words(one) == words(other).replace(NOBODYS, PHONE)
        assert one.redirect_chain == other.redirect_chain
    assert [text.partition("\n")[0] for text in texts(tmp_path)] == [f"To: {PHONE}"] * 2


def test_t6_code_when_nobody_has_the_number(client: Client, user: User) -> None:
    client.post(ASK, {"email": NOBODYS})

    for code in ("", "000000"):
        client.post(CONFIRM, {"code": code})

    assert not is_signed_in(client)


def test_t7_code_when_a_new_one_was_sent(client: Client, user: User, tmp_path: Path) -> None:
    client.post(ASK, {"email": PHONE})
    page = client.post(CONFIRM, {"action": "resend"}, follow=True)
    assert "A new code is on its way." in words(page)
    old, new = map(code_in, texts(tmp_path))
    assert old != new

    client.post(CONFIRM, {"code": old})
    assert not is_signed_in(client)
    client.post(CONFIRM, {"code": new})

    assert is_signed_in(client)


def test_texts_when_asked_for_too_often(client: Client, user: User, tmp_path: Path) -> None:
    for _time in range(3):
        assert Client().post(ASK, {"email": PHONE}).status_code == 302

    page = client.post(ASK, {"email": PHONE})

    assert "There were too many tries." in words(page)
    assert len(texts(tmp_path)) == 3


def test_code_when_the_account_is_closed(client: Client, user: User, tmp_path: Path) -> None:
    User.objects.update(is_active=False)

    client.post(ASK, {"email": PHONE})

    assert texts(tmp_path) == []


@pytest.mark.parametrize("typed", ["7700900101", "+44", "meera", "meera@", "+44770090010123456"])
def test_form_when_it_is_neither_address_nor_number(client: Client, user: User, tmp_path: Path, typed: str) -> None:
    page = client.post(ASK, {"email": typed})

    assert page.status_code == 200
    assert "Enter " in words(page)
    assert texts(tmp_path) == []


def test_form_when_no_texts_are_sent(client: Client, user: User, settings: Settings) -> None:
    settings.SMS_SENDER = ""

    page = client.post(ASK, {"email": PHONE})

    assert page.status_code == 200
    assert "phone number" not in words(page)


def test_page_when_the_provider_is_away(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Away:
        def send(self, *, to: str, text: str) -> str:
            raise SmsRetryError("Twilio answered 503, code None")

    monkeypatch.setattr(registry, "sender", Away)

    with caplog.at_level(logging.ERROR):
        page = client.post(ASK, {"email": PHONE}, follow=True)

    assert heading(page) == "Check your phone"
    assert "could not be sent by text message: Twilio answered 503" in caplog.text
    assert PHONE not in caplog.text
