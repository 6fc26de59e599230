"""A test's hand on the workers: start them, wait for them, see how they ended."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from django.db import connection

from tests.fake_provider.client import FakeProvider
from tests.fake_provider.fixtures import ROOT, environment, free_port

KILLED = -signal.SIGKILL
STOPPED = -signal.SIGSTOP


class Workers:
    """The parent of all workers, in a process of its own. Nothing answers at its broker's address."""

    def __init__(self, *, fake: FakeProvider, folder: Path) -> None:
        self._log = folder / "workers.log"
        with self._log.open("wb") as log:
            self._parent = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.worker"],
                cwd=ROOT,
                env=_environment(fake, folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def start(
        self, job: str = "refunds", *, at: str = "", by: str = "SIGKILL", timeout: float = 20, **more: Any
    ) -> int:
        """Start one; its process id. `at` a point where it gets the signal `by`; `timeout` of a call in seconds."""
        return int(self._ask(do="start", job=job, at=at, signal=by, timeout=timeout, **more)["pid"])

    def wait(self, pid: int) -> int:
        """How it ended; minus a signal where one ended it or made it stand still."""
        return int(self._ask(do="wait", pid=pid)["exit"])

    def run(self, job: str = "refunds", *, ends: int = 0, **more: Any) -> None:
        """Start one and see that it ends so."""
        ended = self.wait(self.start(job, **more))
        assert ended == ends, f"the worker ended with {ended}:\n{self.said()}"

    def said(self) -> str:
        """What workers wrote last."""
        return self._log.read_text(errors="replace")[-4000:]

    def end(self) -> None:
        """Kill those that a test left behind."""
        self._ask(do="end")

    def stop(self) -> None:
        """End the parent, which leaves nobody behind."""
        self._parent.communicate(timeout=10)

    def _ask(self, **asked: Any) -> dict[str, int]:
        _pipe(self._parent.stdin).write(json.dumps(asked, default=str) + "\n")
        _pipe(self._parent.stdin).flush()
        line = _pipe(self._parent.stdout).readline()
        assert line, f"the workers' parent is gone:\n{self.said()}"
        answer: dict[str, int] = json.loads(line)
        return answer


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def _environment(fake: FakeProvider, folder: Path) -> dict[str, str]:
    """Production's own settings, this test's database, and a broker that is down."""
    database = {name: str(value) for name, value in connection.settings_dict.items()}
    password = f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else ""
    place = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return (
        os.environ
        | environment(fake)
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": f"postgres://{quote(database['USER'])}{password}@{place}",
            "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
            "VAR_DIR": str(folder),
            "DEFAULT_GATEWAY": "sandbox",
            "SANDBOX_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
        }
    )
