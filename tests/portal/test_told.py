"""What the pages after a deed say about its confirmation: what was written to whom, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.test import Client
from pytest_django import Settings

from appointments.models import Appointment, Patient
from appointments.usecases.expire import expire_draft
from tests.factories import NOW, PatientFactory, UserFactory, booked, held, moving
from tests.portal.test_people import relation_for
from tests.portal.walk import choose, confirm, confirm_move, path, walk_to_check, words

SignIn = Callable[[Appointment], Client]
NOWHERE = "We cannot send you a confirmation, so keep or print this page."
BY_MAIL = "We send a confirmation to m•••@example.org."
BY_TEXT = "We send a confirmation by text message to •••• 001."


def with_phone(**parts: str) -> Appointment:
    values = {"phone": "+919800000001", "email": "meera@example.org", **parts}
    return booked(patient=PatientFactory.create(name="Meera Shah", **values))


def cancelled(client: Client, appointment: Appointment) -> str:
    confirm(client, appointment, walk_to_check(client, appointment))
    return words(client.get(path("cancelled", appointment)))


def said_of(page: str) -> list[str]:
    return [sentence for sentence in (BY_MAIL, BY_TEXT, NOWHERE) if sentence in page]


def test_cancelled_when_texts_are_wanted(sign_in: SignIn, settings: Settings) -> None:
    settings.SMS_SENDER = "file"
    appointment = with_phone(messages_by="sms")

    page = cancelled(sign_in(appointment), appointment)

    assert said_of(page) == [BY_TEXT]
    assert "m•••@" not in page


def test_cancelled_when_there_is_only_a_phone(sign_in: SignIn, settings: Settings) -> None:
    settings.SMS_SENDER = "file"
    appointment = with_phone(email="")

    assert said_of(cancelled(sign_in(appointment), appointment)) == [BY_TEXT]


def test_cancelled_when_both_are_wanted(sign_in: SignIn, settings: Settings) -> None:
    settings.SMS_SENDER = "file"
    appointment = with_phone(messages_by="both")

    assert said_of(cancelled(sign_in(appointment), appointment)) == [BY_MAIL, BY_TEXT]


def test_cancelled_when_nothing_arrives_at_the_address(sign_in: SignIn) -> None:
    appointment = with_phone()
    Patient.objects.update(bounced_email="meera@example.org")

    assert said_of(cancelled(sign_in(appointment), appointment)) == [NOWHERE]


def test_cancelled_when_a_carer_is_told_instead(client: Client) -> None:
    appointment = booked(patient=PatientFactory.create(user=None, email=""))
    carer = UserFactory.create(email="asha@example.org")
    relation_for(appointment, carer)
    client.force_login(carer)

    page = cancelled(client, appointment)

    assert "We send a confirmation to a•••@example.org." in page
    assert said_of(page) == []


def test_cancelled_when_a_hold_ran_out(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    draft = held()
    clock.move_to(NOW + timedelta(minutes=20))
    assert expire_draft(appointment_id=draft.pk, now=NOW + timedelta(minutes=20))

    page = words(sign_in(draft).get(path("cancelled", draft)))

    assert "Appointment cancelled" in page
    assert "confirmation" not in page


def test_changed_when_texts_are_wanted(sign_in: SignIn, settings: Settings) -> None:
    settings.SMS_SENDER = "file"
    appointment = with_phone(messages_by="sms")
    client = sign_in(appointment)

    confirm_move(client, appointment, choose(client, appointment, moving(appointment)))

    assert said_of(words(client.get(path("changed", appointment)))) == [BY_TEXT]


def test_booked_when_there_is_only_a_phone(sign_in: SignIn, settings: Settings) -> None:
    settings.SMS_SENDER = "file"
    appointment = with_phone(email="")

    assert said_of(words(sign_in(appointment).get(path("booked", appointment)))) == [BY_TEXT]
