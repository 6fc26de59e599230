"""Reminders: one a boundary, true when they are sent, and none after a change."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from appointments.models import Appointment, CaseState, Centre, LeaveCase, MessageKind, OutboxMessage, Reminder
from appointments.notifications.messages import word_message
from appointments.reminders.queries import appointments_to_plan, due_reminders
from appointments.tasks import remind
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.remind import plan_reminders, send_reminder
from appointments.usecases.reschedule import reschedule_appointment
from tests import factories as make
from tests.appointments.leave.rows import case_of, colleague, time_of, worked
from tests.portal.test_people import relation_for

pytestmark = pytest.mark.django_db

START = make.STARTS_AT
FULL_UNTIL = START - timedelta(hours=24)


@pytest.fixture
def appointment() -> Appointment:
    """Booked long ago by card, three days from NOW, under the default tiers."""
    return make.booked()


def run(at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        remind()


def told(kind: str) -> list[str]:
    messages = OutboxMessage.objects.filter(kind=kind).order_by("pk")
    return [word_message(message).text.split("\n\n")[1] for message in messages]


def test_reminders_when_planned(appointment: Appointment) -> None:
    assert appointments_to_plan(now=make.NOW, limit=9) == [appointment.pk]

    plan_reminders(appointment_id=appointment.pk, now=make.NOW)

    rows = Reminder.objects.order_by("kind").values_list("kind", "at", "due_at", "refund", "refund_after")
    assert list(rows) == [
        ("boundary", FULL_UNTIL, FULL_UNTIL - timedelta(hours=24), 100_000, 75_000),
        ("visit", START, START - timedelta(hours=48), 0, 0),
    ]
    assert appointments_to_plan(now=make.NOW, limit=9) == []


def test_money_reminders_when_every_boundary_comes(appointment: Appointment) -> None:
    for hours in range(72, 0, -1):
        run(START - timedelta(hours=hours))
        run(START - timedelta(hours=hours))

    assert told(MessageKind.REMINDER_MONEY) == [
        (
            "If you cancel your appointment by Wednesday 4 November 2026 at 2:30pm, you get back ₹1,000.00.\n"
            "After that you get back ₹750.00.\n"
            "To keep your appointment you do not need to do anything."
        ),
        (
            "If you cancel your appointment by Thursday 5 November 2026 at 2:30am, you get back ₹750.00.\n"
            "After that you get back ₹500.00.\n"
            "To keep your appointment you do not need to do anything."
        ),
        (
            "If you cancel your appointment by Thursday 5 November 2026 at 12:30pm, you get back ₹500.00.\n"
            "After that you get nothing back.\n"
            "To keep your appointment you do not need to do anything."
        ),
    ]
    assert told(MessageKind.REMINDER_VISIT) == ["You have an appointment on Thursday 5 November 2026 at 2:30pm."]


def test_reminders_when_cancelled_before(appointment: Appointment) -> None:
    run(make.NOW)
    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)

    run(START - timedelta(hours=47))

    assert told(MessageKind.REMINDER_MONEY) == told(MessageKind.REMINDER_VISIT) == []
    assert set(Reminder.objects.values_list("state", flat=True)) == {"dropped"}


def test_reminders_when_moved(appointment: Appointment) -> None:
    run(make.NOW)
    slot = make.moving(appointment)
    reschedule_appointment(
        appointment_id=appointment.pk, slot_id=slot.pk, actor=make.patient_of(appointment), now=make.NOW
    )

    run(START - timedelta(hours=47))
    run(slot.starts_at - timedelta(hours=47))

    assert told(MessageKind.REMINDER_VISIT) == ["You have an appointment on Friday 6 November 2026 at 2:30pm."]
    assert len(told(MessageKind.REMINDER_MONEY)) == 1


def test_reminder_when_the_workers_were_down_over_its_boundary(appointment: Appointment) -> None:
    run(make.NOW)

    run(START - timedelta(hours=20))

    assert told(MessageKind.REMINDER_MONEY) == []
    assert Reminder.objects.get(state="waiting", kind="boundary").at == START - timedelta(hours=12)


def test_reminders_when_booked_shortly_before() -> None:
    make.booked(booked_at=START - timedelta(hours=20))

    run(START - timedelta(hours=20))
    run(START - timedelta(hours=3))

    assert told(MessageKind.REMINDER_VISIT) == []
    assert told(MessageKind.REMINDER_MONEY) == []


def test_reminders_when_the_centre_wants_none(appointment: Appointment) -> None:
    Centre.objects.update(money_reminder_hours=0, visit_reminder_hours=0)

    run(make.NOW)
    run(START - timedelta(hours=30))

    assert OutboxMessage.objects.exclude(kind=MessageKind.BOOKED).count() == 0


def test_reminder_when_sent_twice(appointment: Appointment) -> None:
    plan_reminders(appointment_id=appointment.pk, now=make.NOW)
    at = START - timedelta(hours=48)
    first, second = due_reminders(now=at, limit=9)

    sent = [send_reminder(reminder_id=pk, now=at) for pk in (first, first, second, second)]

    assert sent == [True, False, True, False]


def test_reminder_when_one_moment_is_planned_twice(appointment: Appointment) -> None:
    plan_reminders(appointment_id=appointment.pk, now=make.NOW)
    row = Reminder.objects.get(kind="visit")

    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(appointment=appointment, kind="visit", at=row.at, due_at=row.due_at)

    assert Reminder.objects.filter(kind="visit").count() == 1


def test_reminders_when_the_doctor_is_away(appointment: Appointment) -> None:
    """To do nothing would end it: what is asked comes first, and the reminders after it, if it stands then."""
    plan_reminders(appointment_id=appointment.pk, now=make.NOW)
    time_of(colleague(appointment.slot.doctor))
    worked(appointment.slot.doctor)
    case = case_of(appointment)

    run(FULL_UNTIL - timedelta(hours=24))

    assert (told(MessageKind.REMINDER_MONEY), told(MessageKind.REMINDER_VISIT)) == ([], [])
    visit = Reminder.objects.get(kind="visit")
    assert (visit.state, visit.due_at) == ("waiting", case.answer_by + timedelta(minutes=5))
    assert Reminder.objects.get(at=FULL_UNTIL).state == "dropped"  # nobody can answer before it

    LeaveCase.objects.update(state=CaseState.LEFT, ended_at=case.answer_by)
    run(case.answer_by + timedelta(minutes=5))

    assert len(told(MessageKind.REMINDER_VISIT)) == 1


def test_reminders_when_the_carer_of_a_child_is_told() -> None:
    child = make.PatientFactory.create(user=None, email="")
    appointment = make.booked(patient=child)
    carer = make.UserFactory.create(email="asha@example.org")
    relation_for(appointment, carer)
    plan_reminders(appointment_id=appointment.pk, now=make.NOW)

    run(START - timedelta(hours=48))

    rows = OutboxMessage.objects.filter(kind__startswith="reminder").values_list("kind", "recipient", "state")
    assert sorted(rows) == [("reminder_money", carer.email, "waiting"), ("reminder_visit", carer.email, "waiting")]
