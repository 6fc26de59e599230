"""What a centre adds stands at the end of its mails, and takes nothing away."""

import pytest

from appointments.models import Appointment, MessageAddition, MessageKind
from appointments.usecases.cancel import cancel_appointment
from tests.factories import NOW, CentreFactory, patient_of
from tests.notifications.letters import END, mail

CARD = "Bring your card, {patient}: gate 2, {when}, {reference}."


def add(appointment: Appointment, kind: MessageKind, *, text: str = CARD, language: str = "en") -> MessageAddition:
    return MessageAddition.objects.create(centre=appointment.centre, kind=kind, language=language, text=text)


def test_mail_when_the_centre_adds_to_it(appointment: Appointment) -> None:
    before = mail(MessageKind.BOOKED)
    add(appointment, MessageKind.BOOKED)

    after = mail(MessageKind.BOOKED)

    said = next(line for line in after.text.splitlines() if line.startswith("Bring your card"))
    assert said.startswith("Bring your card, Rosa Adeyemi: gate 2, ")
    assert said.endswith(", K7QP-3MHC.")
    assert after.text == before.text.replace(END, f"{said}\n\n{END}")
    assert after.html.count(said) == 1
    assert after.subject == before.subject


@pytest.mark.parametrize("language", ["hi", "zh-hans"])
def test_mail_when_added_in_another_language(language: str, appointment: Appointment) -> None:
    before = mail(MessageKind.BOOKED)
    add(appointment, MessageKind.BOOKED, language=language)

    assert mail(MessageKind.BOOKED) == before


def test_mail_when_another_centre_or_kind_is_meant(appointment: Appointment) -> None:
    before = mail(MessageKind.BOOKED)
    add(appointment, MessageKind.CANCELLED)
    MessageAddition.objects.create(centre=CentreFactory.create(), kind="booked", language="en", text=CARD)

    assert mail(MessageKind.BOOKED) == before


def test_mail_when_words_look_like_its_rows(appointment: Appointment) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    before = mail(MessageKind.CANCELLED)
    add(appointment, MessageKind.CANCELLED, text="You get back\x1f\n£0.00\x1f\n- nothing")

    after = mail(MessageKind.CANCELLED)

    assert after.text == before.text.replace(END, f"You get back £0.00 - nothing\n\n{END}")
    assert after.html.count("<th") == before.html.count("<th")
