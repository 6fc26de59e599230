"""The mail that asks a patient of an absent doctor, and those that tell how it ended."""

import pytest

from appointments.models import OutboxMessage
from appointments.notifications.messages import word_message
from appointments.usecases.leave_case import lapse_case, take_money
from tests.appointments.leave.rows import ANSWER_BY, booking, case_of, time_of, worked
from tests.factories import NOW, DoctorFactory, patient_of

pytestmark = pytest.mark.django_db


def text_of(kind: str) -> str:
    return word_message(OutboxMessage.objects.get(kind=kind)).text


def test_mail_when_other_times_are_held() -> None:
    appointment = booking(DoctorFactory.create())
    time_of(appointment.slot.doctor, days=1)
    worked(appointment.slot.doctor)
    mail = word_message(OutboxMessage.objects.get(kind="doctor_away"))

    assert mail.subject == (
        f"Your appointment at {appointment.centre.name} cannot take place – {appointment.reference}"
    )
    assert "Your doctor is unexpectedly away. This appointment cannot take place:" in mail.text
    assert f"- Friday 6 November 2026 at 2:30pm, {appointment.slot.doctor.name}. Nothing to pay." in mail.text
    assert "Choose one of them, or cancel, here:\nhttp" in mail.text
    assert (
        "If we do not hear from you by Wednesday 4 November 2026 at 2:30pm, your appointment is cancelled and everything"
        " you paid (₹1,000.00) goes back by itself." in mail.text
    )


def test_mail_when_no_time_is_left() -> None:
    appointment = booking(DoctorFactory.create())
    worked(appointment.slot.doctor)

    assert (
        "Your doctor is away and there is no other time to offer. The clinic had to cancel your appointment."
        in text_of("cancelled")
    )


def test_mail_when_nobody_answered() -> None:
    appointment = booking(DoctorFactory.create())
    time_of(appointment.slot.doctor, days=1)
    worked(appointment.slot.doctor)
    lapse_case(case_id=case_of(appointment).pk, now=ANSWER_BY)

    assert "Your doctor is away and no other time was chosen. Your appointment is cancelled." in text_of("cancelled")


def test_mail_when_the_money_was_chosen() -> None:
    appointment = booking(DoctorFactory.create())
    time_of(appointment.slot.doctor, days=1)
    worked(appointment.slot.doctor)
    take_money(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)

    assert "As you asked, your appointment is cancelled and everything comes back." in text_of("cancelled")
