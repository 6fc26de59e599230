"""Whoever knows a moved appointment by its old name sees where it went: over the API, FHIR and in the calendar."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from appointments.actor import Actor
from appointments.calendars.feeds import issue_feed
from appointments.models import Appointment, Channel, FeedOf, OutboxMessage, Partner, Slot, User
from appointments.notifications.outbox import due_messages, send_message
from appointments.usecases.reschedule import reschedule_appointment
from tests.api.conftest import client_of
from tests.calendars.program import CalendarProgram, events_in, value
from tests.factories import NOW, booked, fresh, moving
from tests.fhir.conftest import FhirClient

MOVED_TO = "urn:fairslot:fhir:moved-to"
REPLACES = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.replaces"


@pytest.fixture
def chain(slot: Slot, channel: Channel) -> list[Appointment]:
    """An appointment that the clinic moved a day, and another day; every mail was sent when it was written."""
    first = booked(slot=slot, channel=channel)
    found = [first]
    for number in (1, 2):
        _send()
        done = reschedule_appointment(
            appointment_id=found[-1].pk,
            slot_id=moving(first, starts_at=first.slot.starts_at + timedelta(days=number)).pk,
            actor=Actor.system("test move"),
            now=NOW,
            for_hospital=True,
        )
        found.append(fresh(done.appointment))
    _send()
    return [fresh(one) for one in found]


def _send() -> None:
    for message in due_messages(now=NOW, limit=10):
        send_message(message, now=NOW)


def followed(name: str, step: Any) -> list[str]:
    """Return the names on the way from one until there is no further step."""
    way = [name]
    while following := step(way[-1]):
        way.append(following)
    return way


def test_client_of_the_api_when_moved_twice(chain: list[Appointment], partner: Partner) -> None:
    api = client_of(partner)

    way = followed(chain[0].reference, lambda name: api.read(f"appointments/{name}/").json()["moved_to"])

    assert way == [one.reference for one in chain]
    assert api.read(f"appointments/{way[-1]}/").json()["starts_at"] == "2026-11-07T09:00:00Z"


def test_client_of_fhir_when_moved_twice(chain: list[Appointment], fhir: FhirClient) -> None:
    def pointed(name: str, url: str) -> str:
        extensions = fhir.read(f"Appointment/{name}").get("extension", [])
        targets = [one["valueReference"]["reference"] for one in extensions if one["url"] == url]
        return targets[0].removeprefix("Appointment/") if targets else ""

    there = followed(chain[0].reference, lambda name: pointed(name, MOVED_TO))
    back = followed(chain[2].reference, lambda name: pointed(name, REPLACES))

    assert there == [one.reference for one in chain] == back[::-1]
    assert [fhir.read(f"Appointment/{name}")["status"] for name in there] == ["cancelled", "cancelled", "booked"]


def test_calendar_when_moved_twice(chain: list[Appointment], client: Client) -> None:
    user = chain[0].chain.patient.user
    assert isinstance(user, User)
    client.force_login(user)
    feed = Client().get(f"/calendar/{issue_feed(user=user, of=FeedOf.PATIENT, now=NOW)}.ics")
    files = [client.get(f"/appointments/{one.reference}/calendar.ics") for one in chain]
    program = CalendarProgram()
    program.receive_all()

    shown = [[_uid_and_start(event) for event in events_in(answer.content)] for answer in (feed, *files)]

    there = (str(chain[0].chain_id), chain[2].slot.starts_at)
    assert OutboxMessage.objects.filter(state=OutboxMessage.State.SENT).count() == 3
    assert shown == [[there]] * 4
    assert [_uid_and_start(event) for event in program.events.values()] == [there]


def _uid_and_start(event: Any) -> tuple[str, datetime]:
    return value(event, "UID"), value(event, "DTSTART")
