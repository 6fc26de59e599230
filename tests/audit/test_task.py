"""The nightly audit: what it logs and what it leaves for the desk."""

import logging
from datetime import timedelta

import pytest
import time_machine

from appointments import tasks
from appointments.audit import PROMISES
from appointments.models import Chain
from config.celery import app
from refunds.audit.latest import KEPT_FOR, latest_audit
from refunds.models import AuditRun
from tests.audit import scenes
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


def test_audit_when_all_is_well(caplog: pytest.LogCaptureFixture) -> None:
    scenes.booked()

    with time_machine.travel(LATER, tick=False), caplog.at_level(logging.ERROR):
        tasks.audit()
    kept = latest_audit()
    assert kept is not None
    assert (kept.at, kept.promises, kept.offenders, kept.broken) == (LATER, len(PROMISES), 0, [])
    assert caplog.messages == []


def test_audit_when_promises_are_broken(caplog: pytest.LogCaptureFixture) -> None:
    scenes.moved()
    Chain.objects.update(held=1, reschedules=0)

    with time_machine.travel(LATER, tick=False), caplog.at_level(logging.ERROR):
        tasks.audit()
    kept = latest_audit()
    assert kept is not None
    assert [(finding["code"], finding["count"]) for finding in kept.broken] == [
        ("chain_counts_its_moves", 1),
        ("held_is_what_payments_say", 1),
        ("held_is_what_the_ledger_says", 1),
    ]
    assert kept.offenders == 3
    assert [message.split(":")[0] for message in caplog.messages] == [
        "Broken promise chain_counts_its_moves",
        "Broken promise held_is_what_payments_say",
        "Broken promise held_is_what_the_ledger_says",
    ]


def test_latest_audit_when_there_was_none() -> None:
    assert latest_audit() is None


def test_audit_when_counted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    scenes.moved()
    Chain.objects.update(held=1, reschedules=0)

    with time_machine.travel(LATER, tick=False), caplog.at_level(logging.INFO, logger="refunds.audit.latest"):
        tasks.audit()
    assert caplog.messages[-1] == f"audit promises={len(PROMISES)} broken=3 offenders=3"


def test_audit_when_long_ago() -> None:
    for at in (LATER, LATER - KEPT_FOR):
        AuditRun.objects.create(at=at, promises=1, offenders=0, broken=[])

    with time_machine.travel(LATER + timedelta(days=1), tick=False):
        tasks.audit()
    assert [run.at for run in AuditRun.objects.all()] == [LATER + timedelta(days=1), LATER]


def test_audit_when_scheduled() -> None:
    assert app.conf.beat_schedule["audit"]["task"] == tasks.audit.name == "appointments.audit"
