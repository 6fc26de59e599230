"""Carrying out the plan: what is killed comes back after a while, as under a service manager."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.chaos.plan import SERVERS, Deed, Plan
from tests.stack.stack import Stack

TICK_SECONDS = 0.1
HURRY_EVERY_SECONDS = 3.0


class Havoc:
    """Use it from the main thread alone: processes end with the thread that started them."""

    def __init__(self, stack: Stack, *, say: Callable[[str], None], seed: int) -> None:
        self._stack, self._say = stack, say
        self._chance = random.Random(seed)
        self._due: list[tuple[float, str, str]] = []  # when, what, target
        self._began = time.monotonic()

    def play(self, plan: Plan, *, seconds: float, meanwhile: Callable[[], None]) -> None:
        """Do every deed at its time; `meanwhile` every three seconds."""
        waiting = list(plan.deeds)
        next_look = HURRY_EVERY_SECONDS
        while (now := self._now()) < seconds:
            while waiting and waiting[0].at <= now:
                self._do(waiting.pop(0))
            self._bring_back()
            self._supervise()
            if now >= next_look:
                meanwhile()
                next_look = now + HURRY_EVERY_SECONDS
            time.sleep(TICK_SECONDS)

    def heal(self) -> None:
        """Everything runs again."""
        self._due = [(0.0, what, target) for _, what, target in self._due]
        self._bring_back()
        self._supervise()

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _do(self, deed: Deed) -> None:
        """A thing that is down or frozen already is left alone."""
        if deed.what == "fault":
            with contextlib.suppress(OSError):  # it is down
                self._stack.fake.ask("fault", **deed.fault)
        elif any(target == deed.target for _, _, target in self._due):
            return
        elif deed.what == "freeze":
            self._signal(deed.target, signal.SIGSTOP)
            self._due.append((self._now() + deed.seconds, "thaw", deed.target))
        elif deed.what == "kill child":
            self._kill_a_child(deed.target)
        else:
            self._kill(deed.target)
            self._due.append((self._now() + deed.seconds, "start", deed.target))
        self._say(str(deed))

    def _kill(self, target: str) -> None:
        if target in SERVERS:
            self._stack.servers.kill(target)
        else:
            self._stack.children.kill(target)

    def _kill_a_child(self, target: str) -> None:
        parent = self._stack.children.running[target].pid
        children = _children_of(parent)
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._chance.choice(children), signal.SIGKILL)

    def _signal(self, target: str, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._stack.children.running[target].pid, number)

    def _bring_back(self) -> None:
        """Start and thaw what has been away long enough."""
        late = [entry for entry in self._due if entry[0] <= self._now()]
        self._due = [entry for entry in self._due if entry not in late]
        for _, what, target in late:
            if what == "thaw":
                self._signal(target, signal.SIGCONT)
            elif target in SERVERS:
                self._stack.servers.restart(target)
            else:
                self._stack.start_process(target)

    def _supervise(self) -> None:
        """What ended by itself is started again, and told."""
        while (name := self._stack.children.ended()) is not None:
            self._say(f"{self._now():6.1f} {name} ended by itself ({self._stack.children.running[name].returncode})")
            self._stack.children.kill(name)
            self._stack.start_process(name)


def _children_of(process: int) -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
