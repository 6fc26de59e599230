"""How patients are reached: by e-mail, by text message, or both."""

import re
from dataclasses import dataclass

from django.conf import settings

from appointments.models import MessagesBy, MessageWay, OutboxMessage, Patient
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
    """Return where messages to a patient go, the e-mail first; none for somebody who cannot be reached.

    An address at which nothing arrived is used only while there is no other.
    """
    email, text = _known(patient)
    if patient.messages_by == MessagesBy.BOTH:
        wanted = email + text
    else:
        wanted = (text or email) if patient.messages_by == MessagesBy.SMS else (email or text)
    return _working(patient, wanted) or _working(patient, email + text) or wanted


def code_address(patient: Patient) -> str:
    """Return where security codes go: to the phone of who wants text messages, at once and alone; "" if nobody can be reached."""
    addresses = addresses_of(patient)
    return addresses[-1].to if addresses else ""


def address_to(to: str) -> Address:
    """Return an address that was named as text, such as one of before."""
    return Address(MessageWay.SMS if to.startswith("+") else MessageWay.EMAIL, to)


def is_own(message: OutboxMessage) -> bool:
    """Tell whether a message goes to where its patient is reached now, and not to a carer or an address of before."""
    return Address(MessageWay(message.way), message.recipient) in _all(message.patient)


def other_address(message: OutboxMessage) -> Address | None:
    """Return where a message of the patient can go that did not arrive where it went; None where nothing is left."""
    others = [one for one in _all(message.patient) if one.way != message.way]
    return next(iter(_working(message.patient, others)), None) if is_own(message) else None


def lost_addresses(patient: Patient) -> list[str]:
    """Return the patient's own addresses, as they are now, at which nothing arrived."""
    known = _all(patient)
    return [one.to for one in known if one not in _working(patient, known)]


def _known(patient: Patient) -> tuple[list[Address], list[Address]]:
    number = text_number(patient.phone)
    email = [Address(MessageWay.EMAIL, patient.email)] if patient.email else []
    return email, [Address(MessageWay.SMS, number)] if number else []


def _all(patient: Patient) -> list[Address]:
    email, text = _known(patient)
    return email + text


def _working(patient: Patient, addresses: list[Address]) -> list[Address]:
    """Leave out where nothing arrived; a new address is another one, and has not been tried."""
    return [one for one in addresses if one.to not in (patient.bounced_email, patient.bounced_phone)]
