"""The nightly audit: what it logs and what it leaves for the desk."""

import logging
from datetime import timedelta

import pytest
import time_machine

from appointments import tasks
from appointments.audit import PROMISES
from appointments.audit.latest import LatestAudit, latest_audit
from appointments.models import Chain
from config.celery import app
from tests.audit import scenes
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


def test_audit_when_all_is_well(caplog: pytest.LogCaptureFixture) -> None:
    scenes.booked()

    with time_machine.travel(LATER, tick=False), caplog.at_level(logging.ERROR):
        tasks.audit()
    assert latest_audit() == LatestAudit(LATER, len(PROMISES), ())
    assert caplog.messages == []


def test_audit_when_promises_are_broken(caplog: pytest.LogCaptureFixture) -> None:
    scenes.moved()
    Chain.objects.update(held=1, reschedules=0)

    with time_machine.travel(LATER, tick=False), caplog.at_level(logging.ERROR):
        tasks.audit()
    kept = latest_audit()
    assert kept is not None
    assert [finding.promise.code for finding in kept.findings] == [
        "chain_counts_its_moves",
        "held_is_what_payments_say",
    ]
    assert [message.split(":")[0] for message in caplog.messages] == [
        "Broken promise chain_counts_its_moves",
        "Broken promise held_is_what_payments_say",
    ]


def test_latest_audit_when_there_was_none() -> None:
    assert latest_audit() is None


def test_audit_when_scheduled() -> None:
    assert app.conf.beat_schedule["audit"]["task"] == tasks.audit.name == "appointments.audit"
