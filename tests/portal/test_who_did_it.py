"""Who cancelled, as each reader of page and mail is told, and when, with the zone."""

import pytest
from django.test import Client

from appointments.models import Appointment, MessageKind, OutboxMessage, User
from appointments.notifications.messages import word_message
from tests.factories import PatientFactory, UserFactory, booked
from tests.portal.test_people import relation_for, signed_in
from tests.portal.walk import confirm, path, walk_to_check, words

ON = "on Monday 2 November 2026 at 2:30pm (India Time)."


@pytest.fixture
def appointment() -> Appointment:
    return booked(patient=PatientFactory.create(name="Meera Shah", email="meera@example.org"))


@pytest.fixture
def carer(appointment: Appointment) -> User:
    user = UserFactory.create(email="asha@example.org", full_name="Asha Shah")
    relation_for(appointment, user)
    return user


def cancel(client: Client, appointment: Appointment) -> None:
    confirm(client, appointment, walk_to_check(client, appointment))


def patient_of(appointment: Appointment) -> User:
    user = appointment.chain.patient.user
    assert user is not None
    return user


def test_cancelled_when_a_carer_reads_the_deed_of_the_patient(appointment: Appointment, carer: User) -> None:
    cancel(signed_in(patient_of(appointment)), appointment)

    page = words(signed_in(carer).get(path("cancelled", appointment)))

    assert f"Cancelled by the patient {ON}" in page


def test_cancelled_when_the_patient_reads_the_deed_of_a_carer(appointment: Appointment, carer: User) -> None:
    cancel(signed_in(carer), appointment)

    own = signed_in(patient_of(appointment))

    for name in ("cancelled", "appointment"):
        assert f"Cancelled by Asha Shah, acting for Meera Shah {ON}" in words(own.get(path(name, appointment)))
    assert f"Cancelled by you {ON}" in words(signed_in(carer).get(path("cancelled", appointment)))


def test_mail_when_a_carer_cancelled(appointment: Appointment, carer: User) -> None:
    cancel(signed_in(carer), appointment)

    mails = OutboxMessage.objects.filter(kind=MessageKind.CANCELLED).order_by("recipient")
    line = "Cancelled: Monday 2 November 2026 at 2:30pm (India Time), by Asha Shah, acting for Meera Shah"
    assert [(mail.recipient, line in word_message(mail).text) for mail in mails] == [
        ("asha@example.org", True),
        ("meera@example.org", True),
    ]
