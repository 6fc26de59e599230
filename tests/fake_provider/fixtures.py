"""The fake as pytest fixtures: one process a session, as on its first day for each test. Import them into a conftest.

`fake_provider` is for tests in this process. Tests that start workers give them `environment(fake)`.
"""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_provider.client import FakeProvider

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN_SECONDS = 20
STRIPE_SECRET = "whsec_fake_stripe"
RAZORPAY_SECRET = "fake_razorpay_secret"


class FakeProcess:
    """The fake in a process of its own, on a port of its own; a restart keeps port and state."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.state = folder / "fake_provider.sqlite3"
        self.client = FakeProvider(f"http://127.0.0.1:{self.port}")
        self._process = self._start()

    def restart(self) -> None:
        """Kill it without warning and start it again."""
        self._process.kill()
        self._process.wait()
        self._process = self._start()

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=10)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.fake_provider", "--port", str(self.port), "--state", str(self.state)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_WITHIN_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                self.client.ask("ping")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.02)
            else:
                return process
        process.kill()
        raise RuntimeError("the fake provider did not start")


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(fake: FakeProvider) -> dict[str, str]:
    """What a process of this project needs to talk to the fake."""
    return {
        "STRIPE_API_KEY": "sk_test_fake",
        "STRIPE_WEBHOOK_SECRET": STRIPE_SECRET,
        "STRIPE_API_BASE": fake.base("stripe"),
        "RAZORPAY_KEY_ID": "rzp_test_fake",
        "RAZORPAY_KEY_SECRET": "secret",
        "RAZORPAY_WEBHOOK_SECRETS": RAZORPAY_SECRET,
        "RAZORPAY_API_BASE": fake.base("razorpay"),
        "ALLOW_TEST_KEYS": "1",
    }


@pytest.fixture(scope="session")
def fake_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeProcess]:
    """The process, for the whole session."""
    process = FakeProcess(tmp_path_factory.mktemp("fake_provider"))
    yield process
    process.stop()


@pytest.fixture
def fake_provider(fake_process: FakeProcess) -> Iterator[FakeProvider]:
    """The fake, as on its first day; nothing hangs on after the test."""
    fake_process.client.reset()
    yield fake_process.client
    fake_process.client.reset()
