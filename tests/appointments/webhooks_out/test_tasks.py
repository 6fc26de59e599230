"""The sweeps, from the deed to the partner's server."""

import logging
from typing import Any

import pytest
import time_machine

from appointments.models import Appointment, WebhookDelivery, WebhookEndpoint, WebhookMessage
from appointments.usecases.cancel import cancel_appointment
from appointments.webhooks_out import deliver, hand_over, refund_news, tasks
from appointments.webhooks_out.upkeep import KEPT_FOR
from config.celery import app
from tests import factories as make
from tests.appointments.webhooks_out.receiver import Receiver
from tests.factories import LONG_AGO, NOW

pytestmark = pytest.mark.django_db


def run() -> None:
    with time_machine.travel(NOW, tick=False):
        tasks.deliver_webhooks()


def test_webhooks_when_cancelled(booking: Appointment, receiver: Receiver) -> None:
    cancel_appointment(appointment_id=booking.pk, actor=make.patient_of(booking), now=NOW)

    run()
    run()

    told = [sent.json["type"] for sent in receiver.got]
    assert told[0] == "appointment.confirmed"
    assert sorted(told[1:]) == ["appointment.cancelled", "refund.updated", "slot.released"]


def test_webhooks_when_one_address_is_dead(booking: Appointment, endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    """A backlog for one does not keep the others waiting: each gets its turn."""
    cancel_appointment(appointment_id=booking.pk, actor=make.patient_of(booking), now=NOW)
    dead = WebhookEndpoint.objects.create(
        partner=endpoint.partner,
        url="http://127.0.0.1:9/",
        sealed_secret=endpoint.sealed_secret,
        created_at=endpoint.created_at,
    )

    run()

    assert len(receiver.got) == WebhookDelivery.objects.filter(endpoint=endpoint, state="delivered").count() == 4
    assert WebhookDelivery.objects.filter(endpoint=dead, state="waiting").count() == 4
    dead.refresh_from_db()
    assert dead.failures == 3


@pytest.mark.parametrize(("module", "name"), [(hand_over, "hand_over"), (deliver, "send")])
def test_webhooks_when_one_is_poisoned(
    booking: Appointment, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: Any, module: Any, name: str
) -> None:
    cancel_appointment(appointment_id=booking.pk, actor=make.patient_of(booking), now=NOW)
    real = getattr(module, name)
    poisoned: list[Any] = []

    def deed(row: Any, **more: Any) -> Any:
        if not poisoned:
            poisoned.append(row)
            raise RuntimeError("poisoned")
        return real(row, **more)

    monkeypatch.setattr(module, name, deed)
    with caplog.at_level(logging.ERROR):
        run()

    assert len(receiver.got) == 3
    assert "RuntimeError: poisoned" in caplog.text


def test_schedule_when_read() -> None:
    """Every task that beat asks for is there for a worker to run."""
    app.loader.import_default_modules()

    assert [entry["task"] for entry in app.conf.beat_schedule.values() if entry["task"] not in app.tasks] == []


def test_upkeep_when_run(booking: Appointment) -> None:
    WebhookMessage.objects.update(handed_at=NOW)
    with time_machine.travel(LONG_AGO + KEPT_FOR, tick=False):
        tasks.keep_up_webhooks()

    assert WebhookMessage.objects.count() == 0


def test_webhooks_when_refunds_cannot_be_read(
    booking: Appointment, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(refund_news, "note_refunds", lambda **_when: 1 / 0)

    with caplog.at_level(logging.ERROR):
        run()

    assert len(receiver.got) == 1
    assert "ZeroDivisionError" in caplog.text
