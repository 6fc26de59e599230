"""Mails as a calendar program reads them."""

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from pytest_django import Settings

from appointments.models import Appointment, MessageKind, OutboxMessage, Patient, Slot
from appointments.notifications.outbox import due_messages, send_message
from appointments.usecases.cancel import cancel_appointment
from tests.calendars.program import CalendarProgram, events_in, value
from tests.factories import NOW, PatientFactory, booked, fresh, held, moving, patient_of, pay, pending_approval
from tests.notifications.moves import move


def send_all() -> None:
    for message in due_messages(now=NOW, limit=10):
        assert send_message(message, now=NOW)


def parts_of(number: int) -> list[Any]:
    """Return the parts of a sent mail that hold something."""
    letter = message_from_bytes(mail.outbox[number].message().as_bytes(), policy=policy.default)
    return [part for part in letter.walk() if not part.is_multipart()]


def test_program_when_booked_and_cancelled(appointment: Appointment) -> None:
    program = CalendarProgram()
    send_all()
    program.receive_all()
    assert program.times() == [appointment.slot.starts_at]

    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    send_all()
    program.receive_all()

    assert len(mail.outbox) == 2
    assert program.events == {}


def test_program_when_moved_twice(appointment: Appointment) -> None:
    program, first = CalendarProgram(), moving(appointment)
    second = move(appointment, first, now=NOW)
    third = move(second, moving(second), now=NOW)
    pay(third)
    send_all()
    program.receive_all()

    assert program.times() == [third.slot.starts_at]
    assert program.numbers == {str(third.chain_id): 2}


def test_program_when_mails_come_in_the_wrong_order(appointment: Appointment) -> None:
    program = CalendarProgram()
    send_all()
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    send_all()
    mail.outbox.reverse()

    program.receive_all()

    assert program.events == {}


def test_mail_when_sent_after_the_next_change(appointment: Appointment) -> None:
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    send_all()

    kinds = [[part.get_content_type() for part in parts_of(number)] for number in (0, 1)]
    assert kinds == [["text/plain", "text/html"], ["text/plain", "text/html", "text/calendar", "application/ics"]]


def test_mail_when_booked(appointment: Appointment, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Clinic <clinic@example.org>"
    send_all()
    text, _html, calendar, file = parts_of(0)
    [event] = events_in(calendar.get_content())

    assert text.get_content().startswith("Hello Rosa Adeyemi,")
    assert calendar["Content-Type"] == 'text/calendar; method="REQUEST"; charset="utf-8"'
    assert file.get_filename() == "invite.ics"
    assert file.get_content().decode().splitlines() == calendar.get_content().splitlines()
    assert mail.outbox[0].from_email == "Clinic <clinic@example.org>"
    assert event["ORGANIZER"] == "mailto:clinic@example.org"
    assert (event["ATTENDEE"], event["ATTENDEE"].params["CN"]) == ("mailto:rosa@example.org", "Rosa Adeyemi")
    assert (event["ATTENDEE"].params["RSVP"], event["ATTENDEE"].params["PARTSTAT"]) == ("FALSE", "ACCEPTED")


def test_event_when_booked(appointment: Appointment) -> None:
    send_all()
    [event] = events_in(parts_of(0)[2].get_content())

    names = ("UID", "SEQUENCE", "SUMMARY", "LOCATION", "STATUS", "URL", "CLASS", "TRANSP")
    assert [value(event, name) for name in names] == [
        str(appointment.chain_id),
        "0",
        "Appointment at Kirkwood Clinic, London",
        "Kirkwood Clinic, London, 3 Kirkwood Mews",
        "CONFIRMED",
        f"http://testserver/appointments/{appointment.reference}/",
        "PRIVATE",
        "OPAQUE",
    ]
    assert value(event, "DTSTART") == appointment.slot.starts_at
    assert value(event, "DTSTART").tzinfo == ZoneInfo("Europe/London")
    assert value(event, "DTEND") - value(event, "DTSTART") == timedelta(minutes=30)
    assert event.subcomponents == []  # no alarm


def test_event_when_shared_with_others(appointment: Appointment) -> None:
    send_all()

    text = parts_of(0)[2].get_content()

    assert [word for word in ("Oncology", "Lindqvist") if word in text] == []


def test_event_when_it_waits_for_approval(slot: Slot) -> None:
    pending_approval(slot=slot)
    send_all()

    [event] = events_in(parts_of(0)[2].get_content())

    assert value(event, "STATUS") == "TENTATIVE"


def test_mail_when_a_paid_draft_ran_out(slot: Slot) -> None:
    draft = held(slot=slot)
    cancel_appointment(appointment_id=draft.pk, actor=patient_of(draft), now=NOW)
    event = draft.events.get(kind="cancelled")
    OutboxMessage.objects.create(
        key="test",
        kind=MessageKind.CANCELLED,
        event=event,
        patient=draft.chain.patient,
        recipient="a@example.org",
        next_at=NOW,
        created_at=NOW,
    )
    send_all()

    assert [part.get_content_type() for part in parts_of(0)] == ["text/plain", "text/html"]


HOSTILE = [
    "Eve\r\nATTENDEE:mailto:eve@example.org",
    "Eve\nEND:VEVENT\nEND:VCALENDAR",
    'Eve";X-EVIL="1',
    "Eve;X-EVIL=1:mailto:eve@example.org",
    "Eve\u202egnp.exe",
    "Eve\x07\x1b[31m",
    "<script>alert(1)</script>",
    "Évé 😀 " + "é" * 120,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_event_when_names_are_hostile(slot: Slot, name: str) -> None:
    appointment = booked(slot=slot, patient=PatientFactory.create(user__email="eve@example.com"))
    Patient.objects.update(name=name[:150])
    centre = appointment.centre
    centre.name, centre.address = name[:120], name
    centre.save()
    send_all()

    text = parts_of(0)[2].get_content()
    [event] = events_in(text)

    assert sorted(event) == sorted(events_in(_harmless(fresh(appointment)))[0])
    assert event["ATTENDEE"] == "mailto:eve@example.com"
    assert sorted(event["ATTENDEE"].params) == ["CN", "PARTSTAT", "ROLE", "RSVP"]
    assert not {"\x07", "\x1b", "\u202e"} & set(text)
    assert max(len(line.encode()) for line in text.splitlines()) <= 75


def _harmless(appointment: Appointment) -> str:
    """Return the invitation of the same appointment where everybody has a plain name."""
    Patient.objects.update(name="Eve")
    centre = appointment.centre
    centre.name, centre.address = "Clinic", "Street"
    centre.save()
    OutboxMessage.objects.update(state=OutboxMessage.State.WAITING, tries=0, next_at=NOW)
    send_all()
    text: str = parts_of(-1)[2].get_content()
    return text
