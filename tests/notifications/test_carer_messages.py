"""What those who act for a patient are told: everything the patient is, and no secret of the patient's."""

from datetime import datetime

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from appointments.actor import Actor
from appointments.models import Appointment, LateWish, MessageKind, OutboxMessage, Patient, Reminder, User
from appointments.notifications.messages import word_message
from appointments.payouts import TOKEN_PLACE
from appointments.queries import refund_news
from appointments.usecases.announce import announce_refund
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.late_request import ask_for_exception, decline_request
from appointments.usecases.payout import ask_for_bank_details
from appointments.usecases.remind import plan_reminders, send_reminder
from refunds import operations
from refunds.models import Refund
from tests import factories as make
from tests.portal.test_people import relation_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def carer() -> User:
    return make.UserFactory.create(email="asha@example.org", full_name="Asha Shah")


def booked_for_a_child(carer: User, *, method: str = "card") -> Appointment:
    """A paid booking of a patient without any address of their own, whose carer is told things."""
    appointment = make.booked(patient=make.PatientFactory.create(user=None, email="", name="Meera Shah"), method=method)
    relation_for(appointment, carer)
    OutboxMessage.objects.all().delete()
    return appointment


def refund_of(appointment: Appointment, *, now: datetime = make.NOW) -> Refund:
    cancel_appointment(appointment_id=appointment.pk, actor=make.system(), now=now)
    OutboxMessage.objects.all().delete()
    return Refund.objects.get()


def told() -> list[tuple[str, str, str]]:
    return list(OutboxMessage.objects.order_by("pk").values_list("kind", "recipient", "state"))


def test_reminder_when_worded_for_a_carer(carer: User) -> None:
    appointment = booked_for_a_child(carer)
    plan_reminders(appointment_id=appointment.pk, now=make.NOW)
    visit = Reminder.objects.get(kind="visit")
    send_reminder(reminder_id=visit.pk, now=visit.due_at)

    text = word_message(OutboxMessage.objects.get()).text

    assert text.split("\n\n")[1] == "You have an appointment on Thursday 5 November 2026 at 2:30pm."


def test_decision_when_worded_for_a_carer(carer: User) -> None:
    appointment = booked_for_a_child(carer)
    at = appointment.slot.starts_at
    asked = ask_for_exception(
        appointment_id=appointment.pk, wish=LateWish.REFUND, text="ill", actor=Actor.patient(carer), now=at
    )
    decline_request(request_id=asked.pk, text="too late", actor=make.staff_of(appointment), now=at)

    assert told() == [(MessageKind.LATE_DECIDED, "asha@example.org", "waiting")]
    assert "too late" in word_message(OutboxMessage.objects.get()).text


def test_failed_refund_when_the_carer_is_told(carer: User) -> None:
    refund = refund_of(booked_for_a_child(carer, method="bank_transfer"))
    operations.mark_failed(refund_id=refund.pk, reason_code="x", reason_text="closed", actor="staff:1", now=make.NOW)
    [news] = refund_news(since=make.NOW, limit=9)

    announce_refund(news=news, now=make.NOW)

    assert told() == [(MessageKind.REFUND_FAILED, "asha@example.org", "waiting")]
    assert refund_news(since=make.NOW, limit=9) == []  # nobody is told of it again


def test_bank_details_when_a_carer_is_asked(carer: User) -> None:
    refund = refund_of(booked_for_a_child(carer, method="bank_transfer"))

    assert ask_for_bank_details(refund=refund, now=make.NOW)

    text = word_message(OutboxMessage.objects.get()).text
    assert TOKEN_PLACE not in text
    assert f"/refunds/{refund.pk}/" in text


def test_bank_details_when_patient_and_carer_are_asked(carer: User) -> None:
    appointment = make.booked(method="bank_transfer")
    relation_for(appointment, carer)
    refund = refund_of(appointment)

    ask_for_bank_details(refund=refund, now=make.NOW)

    texts = {message.recipient: word_message(message).text for message in OutboxMessage.objects.all()}
    own = appointment.chain.patient.email
    assert {to: TOKEN_PLACE in text for to, text in texts.items()} == {own: True, "asha@example.org": False}


def test_message_when_the_carer_shares_the_address_of_the_patient(carer: User) -> None:
    appointment = booked_for_a_child(carer)
    Patient.objects.update(email="Asha@Example.org")

    cancel_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)

    assert told() == [(MessageKind.CANCELLED, "Asha@Example.org", "waiting")]


def test_message_when_nobody_can_be_told() -> None:
    appointment = make.booked(patient=make.PatientFactory.create(user=None, email=""))
    OutboxMessage.objects.all().delete()

    cancel_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)

    assert told() == [(MessageKind.CANCELLED, "", "failed")]
