"""Writing down what happens."""

import pytest

from appointments import record
from appointments.models import AppointmentEvent, OutboxMessage
from appointments.models.outbox import MessageKind
from appointments.telling import write_message
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_reference_when_drawn_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    first = make.held()
    drawn = ["NEW-ONE", first.reference]
    monkeypatch.setattr(record, "new_reference", drawn.pop)

    assert make.held().reference == "NEW-ONE"


def test_message_when_written_twice() -> None:
    event = AppointmentEvent.objects.get(appointment=make.booked(), kind="confirmed")

    write_message(event=event, kind=MessageKind.BOOKED, now=make.STARTS_AT)

    assert OutboxMessage.objects.get().created_at == make.LONG_AGO


def test_events_when_counted() -> None:
    appointment = make.booked()

    assert list(appointment.events.values_list("sequence", flat=True)) == [1, 2, 3]
