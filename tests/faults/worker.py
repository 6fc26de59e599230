"""Workers that can really be killed: a process that has loaded everything and forks a child for each job.

It reads one JSON object a line and answers with one:

    {"do": "start", "job": "refunds", …}    → {"pid": 4711}
    {"do": "wait", "pid": 4711}             → {"exit": 0}; minus a signal where one ended it or made it stand still
    {"do": "end"}                           → {}; whoever still lives is killed

`at` names the point where a child sends itself `signal`: after_claim, before_call, after_call, before_commit (of what the call brought),
after_commit. Every call of a provider checks that no transaction is open: exit 3.
"""

import itertools
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import django

INSIDE_A_TRANSACTION = 3
CALLS = (
    "create_refund",
    "find_refunds",
    "fetch_refund",
    "read_refund",
    "read_payment",
    "read_dispute",
    "look_at_checkout",
)

Job = dict[str, Any]


LONGEST_SECONDS = 120
"""A worker that hangs for so long ends by SIGALRM, so that its test fails instead of waiting for ever."""

_living: set[int] = set()


def serve() -> None:
    """Obey until standard input ends; nobody is left behind."""
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"start": _start, "wait": _wait, "end": _end}[asked["do"]](asked)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    _end({})


def _start(job: Job) -> dict[str, int]:
    pid = os.fork()
    _living.add(pid)
    if pid == 0:
        signal.alarm(LONGEST_SECONDS)
        os.dup2(2, 1)
        try:
            _run(job)
        except SystemExit as end:
            os._exit(int(end.code or 0))
        except BaseException:  # noqa: BLE001 (a child never comes back into the loop)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return {"pid": pid}


def _end(_: Job) -> dict[str, int]:
    """Kill those that nobody waited for, sleeping ones too."""
    for pid in list(_living):
        os.kill(pid, signal.SIGKILL)
        _wait({"pid": pid})
    return {}


def _wait(job: Job) -> dict[str, int]:
    _, status = os.waitpid(job["pid"], os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return {"exit": -os.WSTOPSIG(status)}
    _living.discard(job["pid"])
    return {"exit": os.waitstatus_to_exitcode(status)}


def _run(job: Job) -> None:
    """One job, with its faults in place."""
    from django.conf import settings

    from refunds.gateways import registry

    settings.PROVIDER_TIMEOUT_SECONDS = job["timeout"]
    registry.GATEWAYS.update(registry.build())
    _set_traps(job)
    JOBS[job["job"]](job)


class _Traps:
    """What a job goes through, and where it meets its end."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._came_back = False

    def at(self, point: str) -> None:
        """The job's signal, if this is its point."""
        if point == self._job["at"]:
            os.kill(os.getpid(), getattr(signal, self._job["signal"]))

    def claim(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Claiming due refunds."""

        def trapped(**arguments: Any) -> Any:
            leases = real(**arguments)
            if leases:
                self.at("after_claim")
            return leases

        return trapped

    def call(self, real: Callable[..., Any], *, sends: bool, in_transaction: Callable[[], bool]) -> Callable[..., Any]:
        """A call of a provider."""

        def trapped(*arguments: Any) -> Any:
            if in_transaction():
                os._exit(INSIDE_A_TRANSACTION)
            if not sends:
                return real(*arguments)
            self.at("before_call")
            try:
                return real(*arguments)
            finally:
                self._came_back = True
                if self._job["at"] == "database_dies":
                    _end_every_connection()
                self.at("after_call")

        return trapped

    def commit(self, real: Callable[[], None]) -> Callable[[], None]:
        """The end of a transaction."""

        def trapped() -> None:
            if self._came_back:
                self.at("before_commit")
            real()
            if self._came_back:
                self.at("after_commit")

        return trapped


def _set_traps(job: Job) -> None:
    from django.db import connection

    from refunds import operations
    from refunds.gateways.registry import GATEWAYS

    traps = _Traps(job)
    operations.claim_due = traps.claim(operations.claim_due)
    for gateway in GATEWAYS.values():
        for name in CALLS:
            if hasattr(gateway, name):
                real, sends = getattr(gateway, name), name == "create_refund"
                trapped = traps.call(real, sends=sends, in_transaction=lambda: connection.in_atomic_block)
                setattr(gateway, name, trapped)
    connection.commit = traps.commit(connection.commit)  # type: ignore[method-assign]


def _end_every_connection() -> None:
    """What a crash of the database does to everybody who was connected."""
    import psycopg
    from django.db import connection

    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _task(name: str) -> Callable[[Job], None]:
    def run(job: Job) -> None:
        from refunds import tasks

        getattr(tasks, name)()

    return run


def _click(job: Job) -> None:
    """Grant a refund as a page does."""
    from django.db import transaction
    from django.utils import timezone

    from refunds import operations
    from refunds.models import Way

    with transaction.atomic():
        operations.request_refund(
            payment_id=job["payment"],
            cause="cancel:1",
            amount=job["amount"],
            way=Way.ORIGINAL,
            requested_by="patient:1",
            now=timezone.now(),
        )


def _capture_late(job: Job) -> None:
    """What beat does when money comes for a draft that has run out."""
    from appointments import tasks as appointments
    from refunds import tasks

    tasks.reconcile_stuck_refunds()
    appointments.apply_payments()
    tasks.process_due_refunds()


def _before_sending(job: Job) -> None:
    """What an operator runs after a restore."""
    from django.core.management import call_command

    call_command("reconcile", "--before-sending")


def _leave(job: Job) -> None:
    """The work of an emergency leave. It dies within the `inside`-th cancellation, or after the `after`-th case."""
    from appointments import tasks
    from appointments.usecases import leave_case

    for place, name, point in ((leave_case, "carry_out_cancellation", "inside"), (tasks, "work_case", "after")):
        setattr(place, name, _deadly(getattr(place, name), job.get(point)))
    tasks.work_leaves()


def _deadly(real: Callable[..., Any], turn: int | None) -> Callable[..., Any]:
    """The same, but it kills the process at its end when called so many times."""
    calls = itertools.count(1)

    def trapped(*arguments: Any, **named: Any) -> Any:
        result = real(*arguments, **named)
        if next(calls) == turn:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return trapped


JOBS: dict[str, Callable[[Job], None]] = {
    "refunds": _task("process_due_refunds"),
    "sweep": _task("reconcile_stuck_refunds"),
    "webhooks": _task("work_off_webhooks"),
    "reread": _task("reread_open_refunds"),
    "nightly": _task("reconcile_accounts"),
    "before_sending": _before_sending,
    "click": _click,
    "leave": _leave,
    "late_capture": _capture_late,
}


if __name__ == "__main__":
    django.setup()
    from config import celery  # noqa: F401 (as a worker has it)
    from refunds import tasks  # noqa: F401 (loaded once, for every child)
    from refunds.gateways import registry  # noqa: F401

    serve()
