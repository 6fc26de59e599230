"""`make stack` as a process of its own: a patient cancels, the provider pays, and nothing is left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.demo.visitor import Visitor
from tests.fake_provider.client import FakeProvider
from tests.fake_provider.fixtures import ROOT, free_port
from tests.services import Services

pytestmark = pytest.mark.slow

START_SECONDS = 120
REFUND_SECONDS = 60
STOP_SECONDS = 20


class Running:
    """A stack in a folder of its own; on servers of its own, or at these addresses."""

    def __init__(self, folder: Path, addresses: dict[str, str]) -> None:
        self.folder, self.log = folder, folder / "stack.log"
        self.port, self.provider_port = free_port(), free_port()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.stack", *self._options()],
                cwd=ROOT,
                env=addresses | {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        """What it printed so far."""
        return self.log.read_text()

    def said(self, pattern: str) -> str:
        """What stands at the first group of a pattern in its output."""
        found = re.search(pattern, self.output)
        assert found, self.output
        return found[1]

    def processes(self) -> list[int]:
        """Every process of it that runs."""
        mark = f"VAR_DIR={self.folder}\0".encode()
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in _bytes(path)]

    def _options(self) -> list[str]:
        ports = ["--port", str(self.port), "--provider-port", str(self.provider_port)]
        return [*ports, "--size", "4", "--folder", str(self.folder)]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has just ended
        return b""


def _until(holds: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def _running(folder: Path, **addresses: str) -> Iterator[Running]:
    running = Running(folder, addresses)
    try:
        _until(lambda: "Ctrl-C" in running.output or running.process.poll() is not None, seconds=START_SECONDS)
        assert "Ctrl-C" in running.output, running.output
        yield running
    finally:
        running.process.kill()
        running.process.wait()


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Servers that are not the stack's: filled by the first, found so by the next."""
    services = Services()
    try:
        yield {"DATABASE_URL": services.start_postgres(), "REDIS_URL": services.start_redis()}
    finally:
        services.close()


@pytest.fixture
def stack(tmp_path: Path, addresses: dict[str, str]) -> Iterator[Running]:
    """A stack on such servers that has said where it runs. It leaves them running."""
    with _running(tmp_path, **addresses) as running:
        yield running
    assert [_answers(int(address.split(":")[2].split("/")[0])) for address in addresses.values()] == [True, True]


def test_stack_when_a_patient_cancels_and_it_is_stopped(tmp_path: Path) -> None:
    with _running(tmp_path) as stack:
        _cancel(stack)
        servers = [int(stack.said(rf"{scheme}://\S*?:(\d+)/")) for scheme in ("postgres", "redis")]
        assert [_answers(port) for port in servers] == [True, True]
        _stop(stack, signal.SIGINT)
        assert [_answers(port) for port in servers] == [False, False]


def _cancel(stack: Running) -> None:
    patient = Visitor(f"http://127.0.0.1:{stack.port}")
    patient.open("/")
    patient.send(login="patient01@example.org", password=stack.said(r"password is: (\S+)"))
    [reference] = set(re.findall(r"/appointments/([0-9A-Z]{4}-[0-9A-Z]{4})/", patient.page))
    patient.open(f"/appointments/{reference}/cancel/")
    patient.open(f"/appointments/{reference}/cancel/reason/")
    patient.send(code="feeling_better")
    patient.send()

    assert patient.heading() == "Appointment cancelled"

    fake = FakeProvider(f"http://127.0.0.1:{stack.provider_port}")
    paid = [(1, 100_000)]
    assert _until(lambda: list(fake.executed().values()) == paid, seconds=REFUND_SECONDS)
    mails = stack.folder / "outbox"
    assert _until(lambda: any("₹1,000.00" in mail.read_text() for mail in mails.glob("*.log")), seconds=REFUND_SECONDS)


def _stop(stack: Running, number: signal.Signals) -> None:
    # web with three, two workers with two each, beat, provider
    assert _until(lambda: len(stack.processes()) >= 11, seconds=START_SECONDS)

    stack.process.send_signal(number)

    assert stack.process.wait(timeout=STOP_SECONDS) == 0
    assert stack.processes() == []


def test_stack_when_terminated(stack: Running) -> None:
    _stop(stack, signal.SIGTERM)


def test_stack_when_killed(stack: Running) -> None:
    stack.process.kill()

    assert _until(lambda: stack.processes() == [], seconds=STOP_SECONDS)


def test_stack_when_a_process_dies(stack: Running) -> None:
    [beat] = [pid for pid in stack.processes() if b"\0beat\0" in _bytes(Path(f"/proc/{pid}/cmdline"))]

    os.kill(beat, signal.SIGKILL)

    assert stack.process.wait(timeout=STOP_SECONDS) == 1
    assert "beat ended by itself (exit status -9)." in stack.output
    assert stack.processes() == []
