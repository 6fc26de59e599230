"""Every mail in every language, to the letter. `pytest tests/notifications/test_golden.py --write-golden` writes them anew."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as product
from pytest_django import Settings

from appointments.models import MessageKind, Patient, Slot
from appointments.notifications.messages import word_message
from appointments.notifications.texts import word_text
from tests.notifications.scenes import SCENES, message_of

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = [code for code, _name in product.LANGUAGES]
#: What differs from run to run: the key of a refund, the sandbox's reference.
_VARIES = [(re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "REFUND"), (re.compile(r"SBX\w{12}"), "SBX")]


@pytest.fixture(autouse=True)
def _same_everywhere(settings: Settings) -> None:
    settings.SANDBOX_SETTLE_SECONDS = 0
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


#: Subject and text of a mail, the mail as HTML, and the text message.
FORMS = ("txt", "html", "sms")


def golden_path(kind: MessageKind, language: str, form: str) -> Path:
    return GOLDEN / language / f"{kind}.{form}"


def letters_of(kind: MessageKind, language: str) -> dict[Path, str]:
    """Every form of the newest message of a kind for somebody who reads this language."""
    Patient.objects.update(language=language)
    mail, short = word_message(message_of(kind)), word_text(message_of(kind))
    written = {"txt": f"{mail.subject}\n\n{mail.text}", "html": mail.html, "sms": f"{short}\n"}
    return {golden_path(kind, language, form): _settled(text) for form, text in written.items()}


def _settled(text: str) -> str:
    for pattern, instead in _VARIES:
        text = pattern.sub(instead, text)
    return text


@pytest.mark.parametrize("kind", list(MessageKind))
def test_mail_when_in_each_language(
    kind: MessageKind, slot: Slot, now: datetime, request: pytest.FixtureRequest
) -> None:
    SCENES[kind](slot, now)

    letters = {path: text for language in LANGUAGES for path, text in letters_of(kind, language).items()}

    if request.config.getoption("--write-golden"):
        for path, text in letters.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    assert letters == {path: path.read_text(encoding="utf-8") for path in letters}


def test_golden_when_a_kind_is_gone() -> None:
    known = {golden_path(kind, language, form) for kind in MessageKind for language in LANGUAGES for form in FORMS}

    assert set(GOLDEN.rglob("*.*")) == known
