"""Nudges never delay a page and never fail it."""

import logging
import threading

import pytest
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from refunds import nudges
from refunds.models import Refund
from tests.refunds import builders


class Broker:
    """Remembers what it was asked to run; it may be down or slow."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Semaphore(0)

    def send_task(self, name: str, **_: object) -> None:
        self.gate.wait(5)
        self.ran.append(name)
        self.arrived.release()
        if self.error:
            raise self.error


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    fake = Broker()
    monkeypatch.setattr(nudges, "current_app", fake)
    monkeypatch.setattr(nudges, "_warned", False)
    return fake


@pytest.mark.django_db
def test_nudge_when_committed(
    broker: Broker, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        nudges.nudge("refunds.process_due_refunds")
        assert broker.ran == []

    assert broker.arrived.acquire(timeout=5) is True
    assert broker.ran == ["refunds.process_due_refunds"]


@pytest.mark.django_db
def test_nudge_when_rolled_back(
    broker: Broker, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as waiting:
        nudges.nudge("refunds.process_due_refunds")

    assert len(waiting) == 1
    assert broker.ran == []


@pytest.mark.django_db
def test_nudge_when_a_refund_was_granted(
    broker: Broker, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        refund = builders.refund(builders.payment())

    assert broker.arrived.acquire(timeout=5) is True
    assert Refund.objects.get() == refund


@pytest.mark.django_db
def test_nudge_when_the_broker_is_slow(
    broker: Broker, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    broker.gate.clear()
    for name in ("a", "b", "b", "b"):  # "a" is on its way; "b" waits and is not repeated
        with django_capture_on_commit_callbacks(execute=True):
            nudges.nudge(name)
    broker.gate.set()

    assert broker.arrived.acquire(timeout=5) is True
    assert broker.arrived.acquire(timeout=5) is True
    assert broker.arrived.acquire(timeout=0.05) is False
    assert broker.ran == ["a", "b"]


def test_broker_when_down(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    broker.error = ConnectionError("refused")
    for _ in range(3):
        nudges.publish("refunds.process_due_refunds")

    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_broker_when_back(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    broker.error = ConnectionError("refused")
    nudges.publish("x")
    broker.error = None
    nudges.publish("x")
    broker.error = ConnectionError("refused")
    nudges.publish("x")

    assert len(caplog.records) == 2
