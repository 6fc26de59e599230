"""How patients are reached: by e-mail, by text message, or both."""

import re
from dataclasses import dataclass

from django.conf import settings

from appointments.models import MessagesBy, MessageWay, Patient
from appointments.models.people import plain_phone

_E164 = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where one message goes: an e-mail address, or a phone number in E.164."""

    way: MessageWay
    to: str


def text_number(number: str) -> str:
    """Return a phone number in E.164, such as +447700900101; "" for one without its country code, or if no texts are sent here."""
    plain = plain_phone(number)
    return plain if settings.SMS_SENDER and _E164.fullmatch(plain) else ""


def addresses_of(patient: Patient) -> list[Address]:
    """Return where messages to a patient go, the e-mail first; none for somebody who cannot be reached."""
    number = text_number(patient.phone)
    email = [Address(MessageWay.EMAIL, patient.email)] if patient.email else []
    text = [Address(MessageWay.SMS, number)] if number else []
    if patient.messages_by == MessagesBy.BOTH:
        return email + text
    return (text or email) if patient.messages_by == MessagesBy.SMS else (email or text)


def code_address(patient: Patient) -> str:
    """Return where security codes go: to the phone of who wants text messages, at once and alone; "" if nobody can be reached."""
    addresses = addresses_of(patient)
    return addresses[-1].to if addresses else ""


def address_to(to: str) -> Address:
    """Return an address that was named as text, such as one of before."""
    return Address(MessageWay.SMS if to.startswith("+") else MessageWay.EMAIL, to)
