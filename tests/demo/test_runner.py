"""`make demo` as a process of its own: page, worker and refund, and nothing left behind."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.database import migrated_file
from tests.demo.visitor import Visitor

pytestmark = pytest.mark.slow

_START_SECONDS = 90
_REFUND_SECONDS = 45
_STOP_SECONDS = 10


class Running:
    """A demonstration that answers at `site`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        port = _free_port()
        self.site, self.folder, self.log = f"http://127.0.0.1:{port}", folder, folder / "demo.log"
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(port), *arguments],
                cwd=settings.BASE_DIR,
                env=kept | {"DEMO": "1", "VAR_DIR": str(folder), "PYTHONUNBUFFERED": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def family(self) -> set[int]:
        """Return the ids of all processes below it."""
        found: set[int] = set()
        ask = [self.process.pid]
        while ask:
            children = _children_of(ask.pop())
            ask += children
            found.update(children)
        return found

    def output(self) -> str:
        """Return what it printed so far."""
        return self.log.read_text()

    def first_row(self, query: str) -> tuple[Any, ...]:
        """Return the first row of a query on its database."""
        with closing(sqlite3.connect(self.folder / "fairslot.sqlite3")) as database:
            row: tuple[Any, ...] = database.execute(query).fetchone()
            return row

    def refund(self) -> tuple[Any, ...]:
        """Return status and amount of the newest refund to a card."""
        return self.first_row(
            "SELECT status, amount FROM refunds_refund WHERE way = 'original' ORDER BY granted_at DESC LIMIT 1"
        )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _children_of(process: int) -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _until(holds: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Running]:
    """A demonstration that has said where it runs. Its tables were there: migrating takes most of a start."""
    shutil.copyfile(migrated_file(), tmp_path / "fairslot.sqlite3")
    with _running(tmp_path) as running:
        yield running


@contextmanager
def _running(folder: Path, *arguments: str) -> Iterator[Running]:
    running = Running(folder, *arguments)
    try:
        said = _until(
            lambda: "Ctrl-C stops everything" in running.output() or running.process.poll() is not None,
            seconds=_START_SECONDS,
        )
        assert said, running.output()
        assert running.process.poll() is None, running.output()
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def test_demo_when_a_patient_cancels_and_it_is_stopped(tmp_path: Path) -> None:
    with _running(tmp_path) as demo:
        _cancel(demo)
        _stop(demo, signal.SIGINT)


def _cancel(demo: Running) -> None:
    patient = Visitor(demo.site)
    patient.open("/")
    patient.send(login="meera@example.org", password="fairslot-demo")
    assert patient.heading() == "Your appointments"
    [reference] = demo.first_row(
        "SELECT reference FROM appointments_appointment JOIN appointments_slot slot ON slot.id = slot_id "
        "JOIN appointments_chain chain ON chain.id = chain_id JOIN appointments_patient who ON who.id = patient_id "
        "WHERE status = 'confirmed' AND price = 120000 AND who.name = 'Meera Nair'"
    )

    patient.open(f"/appointments/{reference}/cancel/")
    patient.open(f"/appointments/{reference}/cancel/reason/")
    patient.send(code="feeling_better")
    patient.send()

    assert patient.heading() == "Appointment cancelled"
    assert _until(lambda: demo.refund() == ("completed", 1200_00), seconds=_REFUND_SECONDS), demo.refund()
    assert _until(lambda: any("₹1,200.00" in mail for mail in _mails(demo)), seconds=_REFUND_SECONDS)


def _mails(demo: Running) -> list[str]:
    return [path.read_text() for path in (demo.folder / "outbox").glob("*.log")]


def test_demo_when_a_provider_is_played_and_it_is_terminated(tmp_path: Path) -> None:
    shutil.copyfile(migrated_file(), tmp_path / "fairslot.sqlite3")
    with _running(tmp_path, "--provider", "razorpay", "--provider-port", str(_free_port())) as demo:
        patient = Visitor(demo.site)
        patient.open("/")
        patient.send(login="george@example.org", password="fairslot-demo")
        [old, new] = demo.first_row(
            "SELECT old.reference, draft.reference FROM appointments_appointment draft "
            "JOIN appointments_appointment old ON old.id = draft.replaces_id WHERE draft.status = 'draft'"
        )
        patient.open(f"/appointments/{old}/change/pay/")
        patient.send(button="Pay")
        assert patient.heading().startswith("Razorpay: pay ")
        patient.open(patient.address, {"outcome": "pay", "method": "card"})
        assert patient.heading() == "Appointment changed"

        patient.open(f"/appointments/{new}/cancel/")
        patient.open(f"/appointments/{new}/cancel/reason/")
        patient.send(code="feeling_better")
        patient.send()

        assert patient.heading() == "Appointment cancelled"
        paid = (
            "SELECT refund.status, refund.amount = payment.amount FROM refunds_refund refund "
            "JOIN refunds_payment payment ON payment.id = refund.payment_id WHERE payment.gateway = 'razorpay'"
        )
        assert _until(lambda: demo.first_row(paid) == ("completed", 1), seconds=_REFUND_SECONDS), demo.first_row(paid)
        _stop(demo, signal.SIGTERM)


def _stop(demo: Running, number: signal.Signals) -> None:
    family = demo.family()
    assert len(family) >= 5  # web with two workers, worker, beat

    demo.process.send_signal(number)

    assert demo.process.wait(timeout=_STOP_SECONDS) == 0
    assert [process for process in family if _is_running(process)] == []


def test_demo_when_killed(demo: Running) -> None:
    family = demo.family()

    demo.process.kill()

    assert _until(lambda: not any(map(_is_running, family)), seconds=_STOP_SECONDS)


def test_demo_when_a_child_dies(demo: Running) -> None:
    family = demo.family()
    [worker] = [pid for pid in family if b"worker\0--pool" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    os.kill(worker, signal.SIGKILL)

    assert demo.process.wait(timeout=_STOP_SECONDS) == 1
    assert "The worker process ended by itself (exit status -9); everything was stopped." in demo.output()
    assert [process for process in family if _is_running(process)] == []
