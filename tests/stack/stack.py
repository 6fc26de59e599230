"""Everything that runs in production, as processes of this machine."""

import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from appointments.management.processes import Children
from tests.fake_provider.client import FakeProvider, Provider
from tests.fake_provider.fixtures import RAZORPAY_SECRET, ROOT, STRIPE_SECRET
from tests.fake_provider.fixtures import environment as of_the_fake
from tests.stack.servers import Servers

HOST = "127.0.0.1"
ANSWER_WITHIN_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.2
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Celery's advice for a real installation; a trial is often started by root.
NOT_AS_ROOT = "ignore:You're running the worker with superuser privileges"


class StackError(Exception):
    """The stack could not be brought up; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How many of what, and where. `more` are settings on top; `seed` are arguments of `tests.stack.seed`.

    `log`: a file for what the processes say (None: the terminal). `later`: processes that `start` leaves out.
    """

    folder: Path
    port: int
    provider_port: int
    size: int
    workers: int = 2
    seed: tuple[str, ...] = ()
    more: dict[str, str] = field(default_factory=dict)
    log: Path | None = None
    later: tuple[str, ...] = ()

    @property
    def site(self) -> str:
        """The address of the pages."""
        return f"http://{HOST}:{self.port}"


class Stack:
    """The running whole. `running` starts and stops it."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.servers = Servers()
        self.fake = FakeProvider(f"http://{HOST}:{shape.provider_port}")
        self.password = os.environ.get("STACK_PASSWORD") or secrets.token_urlsafe(9)
        self.patients: list[str] = []
        self.environment: dict[str, str] = {}
        self.children = Children({}, ROOT, shape.log)
        #: The fake's books.
        self.state = shape.folder / "fake_provider.sqlite3"

    def start(self) -> None:
        """Bring everything up and fill an empty database. Raises StackError."""
        for port in (self.shape.port, self.shape.provider_port):
            _refuse_busy_port(port)
        self.shape.folder.mkdir(parents=True, exist_ok=True)
        self.servers.start()
        if "postgres" in self.servers.own:
            for old in self.shape.folder.glob(f"{self.state.name}*"):
                old.unlink()  # what the provider knew belongs to another database
        shutil.rmtree(self.shape.folder / "outbox", ignore_errors=True)
        self.environment = self._settings()
        self.children.environment = self.environment
        self._run("manage.py", "migrate", "--verbosity", "0", "--no-input")
        self._run("manage.py", "collectstatic", "--verbosity", "0", "--no-input")
        self.patients = json.loads(
            self._run("-m", "tests.stack.seed", "--size", str(self.shape.size), *self.shape.seed, *self._state_option())
        )
        self.start_process("provider")
        self._wait_for(self.shape.provider_port, "/_control/ping")
        self._have_webhooks_sent()
        for name in self.programs():
            if name not in self.children.running and name not in self.shape.later:
                self.start_process(name)
        self._wait_for(self.shape.port, "/login/")

    def stop(self) -> None:
        """Stop everything that was started."""
        self.children.stop()
        self.servers.close()

    def start_process(self, name: str) -> None:
        """Start one of `programs`, or start it again. Call it from the main thread: children end with the thread that made them."""
        self.children.start(name, self.programs()[name])

    def watch(self) -> None:
        """Wait for ever. Raises StackError when a process ends by itself."""
        while (name := self.children.ended()) is None:
            time.sleep(LOOK_EVERY_SECONDS)
        raise StackError(f"{name} ended by itself (exit status {self.children.running[name].returncode}).")

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a management command as an operator does."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def programs(self) -> dict[str, list[str]]:
        """Every process by name: a Python module with its arguments."""
        celery = ["celery", "--app", "config", "--quiet"]
        loud = ["--loglevel", self.environment.get("LOG_LEVEL", "WARNING")]
        beat = ["beat", "--schedule", str(self.shape.folder / "beat-schedule"), "--pidfile", ""]
        web = ["gunicorn", "config.wsgi", "--bind", f"{HOST}:{self.shape.port}", "--workers", "3", "--threads", "8"]
        provider = ["tests.fake_provider", "--port", str(self.shape.provider_port), "--state", str(self.state)]
        workers = {
            f"worker{number}": [*celery, "worker", "--hostname", f"worker{number}@%h", "--concurrency", "2", *loud]
            for number in range(1, self.shape.workers + 1)
        }
        return {
            "provider": provider,
            "web": [*web, "--graceful-timeout", "3", "--log-level", "warning", "--no-control-socket"],
            **workers,
            "beat": [*celery, *beat, *loud],
        }

    def _settings(self) -> dict[str, str]:
        """Production's settings; what the environment says about addresses counts, so that a proxy can stand between."""
        defaults = of_the_fake(self.fake) | {"DEFAULT_GATEWAY": "stripe", "LOG_LEVEL": "WARNING"}
        fixed = {
            "DEMO": "0",
            "DEBUG": "0",
            "SANDBOX_ENABLED": "0",
            "HTTPS_ONLY": "0",
            "SITE_URL": self.shape.site,
            "VAR_DIR": str(self.shape.folder),
            "DATABASE_URL": self.servers.database_url,
            "REDIS_URL": self.servers.redis_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "STACK_PASSWORD": self.password,
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": NOT_AS_ROOT,
        }
        return defaults | os.environ | fixed | self.shape.more

    def _state_option(self) -> list[str]:
        return ["--state", str(self.state)]

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise StackError(f"{' '.join(arguments[:2])} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _have_webhooks_sent(self) -> None:
        secret: dict[Provider, str] = {"stripe": STRIPE_SECRET, "razorpay": RAZORPAY_SECRET}
        self.fake.set(
            webhooks={
                name: {"url": f"{self.shape.site}/webhooks/{name}/", "secret": signed, "auto": True}
                for name, signed in secret.items()
            }
        )

    def _wait_for(self, port: int, path: str) -> None:
        """Wait until a page is served. Raises StackError if it is not, or if a process ends meanwhile."""
        deadline = time.monotonic() + ANSWER_WITHIN_SECONDS
        while (status := status_of(port, path)) is None:
            name = self.children.ended()
            if name is not None:
                raise StackError(f"{name} ended (exit status {self.children.running[name].returncode}).")
            if time.monotonic() > deadline:
                raise StackError(f"Nothing was served at port {port} within a minute.")
            time.sleep(LOOK_EVERY_SECONDS)
        if status != http.client.OK:
            raise StackError(f"{path} at port {port} answered {status}.")


@contextlib.contextmanager
def running(shape: Shape) -> Iterator[Stack]:
    """A stack that has started, and is stopped however the block ends; SIGTERM and SIGHUP raise KeyboardInterrupt, as Ctrl-C does."""
    stack = Stack(shape)
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)
    try:
        stack.start()
        yield stack
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        stack.stop()


def status_of(port: int, path: str) -> int | None:
    """The HTTP status of a page, None while nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _refuse_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StackError(
                f"Port {port} is in use. Choose others: make stack PORT=8001 PROVIDER_PORT=9001"
            ) from error
