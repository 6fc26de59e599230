"""Reminders of patients who want none, or none at night; and what is sent to them all the same."""

from datetime import timedelta

import pytest

from appointments.models import Appointment, MessageKind, OutboxMessage, Patient, Reminder
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.remind import plan_reminders, send_reminder
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def reminder() -> Reminder:
    """Of a visit on Thursday at 14:30 in India, due at 2:00 in the night before."""
    appointment = make.booked()
    plan_reminders(appointment_id=appointment.pk, now=make.LONG_AGO)
    visit = Reminder.objects.get(kind=Reminder.Kind.VISIT)
    visit.due_at = visit.at - timedelta(hours=12, minutes=30)
    visit.save()
    return visit


def sent() -> int:
    return OutboxMessage.objects.filter(kind=MessageKind.REMINDER_VISIT).count()


def test_reminder_when_it_is_night(reminder: Reminder) -> None:
    assert send_reminder(reminder_id=reminder.pk, now=reminder.due_at) is False

    eight = reminder.at - timedelta(hours=6, minutes=30)
    reminder.refresh_from_db()
    assert (reminder.state, reminder.due_at, sent()) == (Reminder.State.WAITING, eight, 0)
    assert send_reminder(reminder_id=reminder.pk, now=eight) is True
    assert sent() == 1


def test_reminder_when_its_moment_comes_before_the_morning(reminder: Reminder) -> None:
    reminder.at = reminder.due_at + timedelta(hours=3)
    reminder.save()

    assert send_reminder(reminder_id=reminder.pk, now=reminder.due_at) is True

    assert sent() == 1


def test_reminder_when_the_visit_is_cancelled_in_the_night(reminder: Reminder) -> None:
    send_reminder(reminder_id=reminder.pk, now=reminder.due_at)
    appointment = Appointment.objects.get()
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=reminder.due_at)
    reminder.refresh_from_db()

    assert send_reminder(reminder_id=reminder.pk, now=reminder.due_at) is False

    reminder.refresh_from_db()
    assert (reminder.state, sent()) == (Reminder.State.DROPPED, 0)


def test_reminder_when_none_are_wanted(reminder: Reminder) -> None:
    Patient.objects.update(wants_reminders=False, quiet_from="08:00")

    assert send_reminder(reminder_id=reminder.pk, now=reminder.due_at) is False

    reminder.refresh_from_db()
    assert (reminder.state, sent()) == (Reminder.State.DROPPED, 0)


def test_proof_when_it_is_night_and_no_reminders_are_wanted(reminder: Reminder) -> None:
    Patient.objects.update(wants_reminders=False)
    appointment = Appointment.objects.get()

    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=reminder.due_at)

    proof = OutboxMessage.objects.get(kind=MessageKind.CANCELLED)
    assert (proof.state, proof.next_at) == (OutboxMessage.State.WAITING, reminder.due_at)
