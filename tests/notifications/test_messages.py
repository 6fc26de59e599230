"""Each mail, exactly as it is sent."""

from datetime import datetime, timedelta

import pytest
from django.test.utils import override_settings
from django.utils.translation import trans_real

from appointments.models import Appointment, EventKind, MessageKind, Slot
from appointments.notifications.messages import word_message
from appointments.reasons import Reason
from appointments.usecases.book import approve_appointment
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import time_out_approval
from tests.factories import (
    ReasonCodeFactory,
    booked,
    card_payment,
    fresh,
    moving,
    patient_of,
    pending_approval,
    staff_of,
)
from tests.notifications.letters import END, FACTS, TERMS, mail
from tests.notifications.moves import move

_FIRST_MOVE = timedelta(days=5)


def test_booked_when_paid_by_card(appointment: Appointment) -> None:
    assert mail(MessageKind.BOOKED).subject == "Appointment booked at Kirkwood Clinic, London – K7QP-3MHC"
    assert mail(MessageKind.BOOKED).text == (
        "Hello Rosa Adeyemi,\n\n"
        "Your appointment is booked.\n\n"
        f"{FACTS}\n"
        "Paid\n"
        "- £80.00, Card, on Friday 23 October 2026\n\n"
        "To see, change or cancel your appointment:\n"
        "http://testserver/m/known-to-the-patient-alone/\n\n"
        f"Terms: London standard, version 1\n{TERMS}\n{END}"
    )


def test_submitted_when_doctor_approves(slot: Slot) -> None:
    waiting = pending_approval(slot=slot)

    words = mail(MessageKind.SUBMITTED)

    assert words.subject == "Waiting for approval at Kirkwood Clinic, London – K7QP-3MHC"
    assert words.text == (
        f"Hello {waiting.chain.patient.name},\n\n"
        "We have your booking. The doctor has to approve it first; we write to you again as soon as that is done.\n"
        "Until then you can cancel and get everything back.\n\n"
        f"{FACTS.replace('Rosa Adeyemi', waiting.chain.patient.name)}\n"
        "Paid\n"
        "- £80.00, Card, on Friday 23 October 2026\n\n"
        "To see or cancel your booking:\n"
        "http://testserver/m/known-to-the-patient-alone/\n\n"
        f"Terms: London standard, version 1\n{TERMS}\n{END}"
    )


def test_booked_when_approved(slot: Slot, now: datetime) -> None:
    waiting = pending_approval(slot=slot)

    approve_appointment(appointment_id=waiting.pk, actor=staff_of(waiting), now=now)

    assert "Your appointment is booked." in mail(MessageKind.BOOKED).text.splitlines()


def test_cancelled_when_between_tiers(appointment: Appointment) -> None:
    at = appointment.slot.starts_at - timedelta(hours=20)

    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=at)

    assert mail(MessageKind.CANCELLED).subject == "Appointment cancelled at Kirkwood Clinic, London – K7QP-3MHC"
    assert mail(MessageKind.CANCELLED).text == (
        "Hello Rosa Adeyemi,\n\n"
        "Your appointment is cancelled. You do not need to do anything else.\n\n"
        f"{FACTS}\n"
        "Cancelled: Wednesday 4 November 2026 at 1:00pm (Greenwich Mean Time), by the patient\n\n"
        "You paid: £80.00\n"
        "The clinic keeps: -£20.00\n"
        "  75% back: you cancel at least 12 hours before the start (until Wednesday 4 November 2026 at 9:00pm)\n"
        "You get back: £60.00\n\n"
        "Where the money goes\n"
        "- £60.00 to the card or account you paid with. By Wednesday 18 November 2026 at the latest.\n\n"
        "If the money is late, or to ask about it, call +44 20 7946 0109 and give the reference above.\n\n"
        "To see your cancellation and follow the refund:\n"
        "http://testserver/m/known-to-the-patient-alone/\n\n"
        "Your certificate has the number K7QP-3MHC-D4GHX. Save it here as a PDF:\n"
        "http://testserver/appointments/K7QP-3MHC/certificate/\n"
        "Anybody can check here that it is genuine:\n"
        "http://testserver/verify/K7QP-3MHC-D4GHX/\n\n"
        f"Terms: London standard, version 1\n{TERMS}\n"
        "Keep this message. It is your proof of the cancellation.\n\n"
        f"{END}"
    )


def test_cancelled_when_channel_fee(appointment: Appointment, now: datetime) -> None:
    channel = appointment.chain.channel
    channel.handling_fee = 2_50
    channel.save()

    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=now)

    lines = mail(MessageKind.CANCELLED).text.splitlines()
    fee = lines.index("Handling fee: -£2.50")
    assert lines[fee : fee + 3] == [
        "Handling fee: -£2.50",
        "  Taken by the service you booked with",
        "You get back: £77.50",
    ]


def test_cancelled_when_insured(slot: Slot, now: datetime) -> None:
    insured = booked(slot=slot, insured=50_00)

    cancel_appointment(appointment_id=insured.pk, actor=patient_of(insured), now=now)

    text = mail(MessageKind.CANCELLED).text
    assert "- £30.00 to the card or account you paid with. By Monday 16 November 2026 at the latest.\n" in text
    assert "- £50.00 to your insurer, by the insurance window. The clinic settles this with your insurer.\n" in text


def test_cancelled_when_clinic_cancels(appointment: Appointment, now: datetime) -> None:
    staff = staff_of(appointment)
    reason = Reason(ReasonCodeFactory.create().code)

    cancel_appointment(appointment_id=appointment.pk, actor=staff, now=now, reason=reason, for_hospital=True)

    lines = mail(MessageKind.CANCELLED).text.splitlines()
    assert lines[2] == "The clinic has cancelled your appointment."
    assert "  100% back: the clinic cancels, so everything comes back" in lines


def test_cancelled_when_not_approved_in_time(slot: Slot, now: datetime) -> None:
    waiting = pending_approval(slot=slot)

    time_out_approval(appointment_id=waiting.pk, now=now)

    assert mail(MessageKind.CANCELLED).text.splitlines()[2] == (
        "The clinic did not confirm your appointment in time, so it is cancelled."
    )


def test_rescheduled_when_fee_was_paid(appointment: Appointment, now: datetime) -> None:
    first = move(appointment, moving(appointment), now=now - _FIRST_MOVE)
    second = move(first, moving(first), now=now)
    card_payment(second, now=now + timedelta(minutes=2))

    words = word_message(fresh(first).events.get(kind=EventKind.RESCHEDULED).messages.get())

    assert words.subject == "Appointment changed at Kirkwood Clinic, London – D4GH-7XWT"
    new_facts = FACTS.replace("K7QP-3MHC", "M9RC-4KYF").replace("Thursday 5", "Saturday 7")
    assert words.text == (
        "Hello Rosa Adeyemi,\n\n"
        "Your appointment is changed.\n\n"
        f"Your new appointment\n{new_facts}\n"
        "Your old appointment, D4GH-7XWT, is gone: Friday 6 November 2026 at 9:00am (Greenwich Mean Time)\n"
        "Changed: Monday 2 November 2026 at 9:02am (Greenwich Mean Time)\n\n"
        "You paid: £80.00\n"
        "Fee for moving: £100.00\n"
        "Paid for the change: £100.00\n\n"
        "To see, change or cancel your new appointment:\n"
        "http://testserver/m/known-to-the-patient-alone/\n\n"
        f"Terms: London standard, version 1\n{TERMS}\n{END}"
    )


def test_rescheduled_when_new_time_needs_approval(appointment: Appointment, now: datetime) -> None:
    doctor = appointment.slot.doctor
    doctor.requires_approval = True
    doctor.save()

    move(appointment, moving(appointment), now=now)

    assert mail(MessageKind.RESCHEDULED).text.splitlines()[3] == (
        "The doctor has to approve the new time; we write to you again as soon as that is done."
    )


def test_rescheduled_when_new_one_was_cancelled_before_the_mail_went(appointment: Appointment, now: datetime) -> None:
    new = move(appointment, moving(appointment), now=now)
    cancel_appointment(appointment_id=new.pk, actor=patient_of(new), now=now)

    lines = mail(MessageKind.RESCHEDULED).text.splitlines()

    assert lines[4:6] == ["Your new appointment", f"Reference: {new.reference}"]


def test_subject_when_any_mail(appointment: Appointment, now: datetime) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=now)

    subjects = " ".join(mail(kind).subject for kind in (MessageKind.BOOKED, MessageKind.CANCELLED))
    assert "Lindqvist" not in subjects
    assert "Oncology" not in subjects


def test_name_when_it_holds_lines(appointment: Appointment) -> None:
    patient, centre = appointment.chain.patient, appointment.centre
    patient.name = "Rosa\r\nBcc: all@example.org\r\n\r\nPay £500 at evil.example"
    patient.save()
    centre.name = "Kirkwood\r\nBcc: all@example.org"
    centre.save()

    words = mail(MessageKind.BOOKED)

    assert words.subject == "Appointment booked at Kirkwood Bcc: all@example.org – K7QP-3MHC"
    assert words.text.splitlines()[0] == "Hello Rosa Bcc: all@example.org Pay £500 at evil.example,"
    assert not any(line.startswith(("Bcc", "Pay £500")) for line in words.text.splitlines())


def test_markup_when_in_a_name(appointment: Appointment) -> None:
    patient = appointment.chain.patient
    patient.name = "Rosa <O'Neill> & Co"
    patient.save()

    assert mail(MessageKind.BOOKED).text.splitlines()[0] == "Hello Rosa <O'Neill> & Co,"


def test_language_when_patient_reads_another(appointment: Appointment, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = appointment.chain.patient
    patient.language = "de"
    patient.save()
    with override_settings(LANGUAGES=[("en", "English"), ("de", "Deutsch")]):
        german = trans_real.translation("de")
        catalog = german._catalog._catalogs[0]  # type: ignore[attr-defined]
        monkeypatch.setitem(catalog, "Your appointment is booked.", "Ihr Termin ist gebucht.")

        lines = mail(MessageKind.BOOKED).text.splitlines()

    assert lines[2] == "Ihr Termin ist gebucht."
    assert "Donnerstag" in lines[7]
