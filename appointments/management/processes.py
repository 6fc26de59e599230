"""Child processes of one command: none outlives it, and all stop within seconds."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

_STAY = "appointments.management.stay_with_parent"
_GRACE_SECONDS = 6.0
_LOOK_EVERY_SECONDS = 0.1


@dataclass(slots=True)
class Children:
    """The processes that were started, by name. What they say goes to `log`, or where our own words go."""

    environment: Mapping[str, str]
    folder: Path
    log: Path | None = None
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, module: Sequence[str]) -> None:
        """Start a Python module with its arguments.

        Each leads a process group of its own: Ctrl-C reaches only us, and nothing of a group is left when it is stopped.
        """
        with self.log.open("ab") if self.log else nullcontext() as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 (fixed arguments)
                [sys.executable, "-m", _STAY, str(os.getpid()), *module],
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log and subprocess.STDOUT,
                start_new_session=True,
            )

    def ended(self) -> str | None:
        """Return the name of a process that has ended by itself, or None while all run."""
        return next((name for name, process in self.running.items() if process.poll() is not None), None)

    def kill(self, name: str) -> None:
        """Kill a process and its own children without warning. It may be started again under its name."""
        process = self.running.pop(name)
        _kill_group(process.pid)
        process.wait()

    def stop(self) -> None:
        """Ask every process to end, and after six seconds kill what is left of it and of its own children."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + _GRACE_SECONDS
        while any(process.poll() is None for process in self.running.values()) and time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY_SECONDS)
        for process in self.running.values():
            _kill_group(process.pid)
            process.wait()


def _kill_group(group: int) -> None:
    """Kill what is left of a process group; that nothing is left is what we hope for."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
