"""Races: a few deeds started together in threads of their own, and what must be true afterwards."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from appointments import locks
from appointments.hours.plan import plan_slots
from appointments.models import Appointment, Centre, Doctor, Slot, User, WaitingEntry
from appointments.usecases import hold

#: How long a deed thinks between reading and writing, so that rivals meet there.
THINKING = 0.01


@dataclass(frozen=True)
class Race:
    """`judge` gets what the deeds returned or raised, in order, and tells whether everything is right."""

    deeds: tuple[Callable[[], object], ...]
    judge: Callable[[list[object]], bool]


def run(race: Race) -> bool:
    """Run the deeds together and judge."""
    results: list[object] = [None] * len(race.deeds)
    together = threading.Barrier(len(race.deeds))

    def work(number: int, deed: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            together.wait(10)
            results[number] = deed()
        except Exception as error:  # noqa: BLE001 (what went wrong is the result)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(race.deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return race.judge(results)


@contextmanager
def thinking() -> Iterator[None]:
    """Let every deed wait a moment between reading and writing."""
    real_chain, real_terms, real_plan = locks._waiting_replacement, hold.terms_for, plan_slots

    def chain(*args: Any) -> Any:
        time.sleep(THINKING)
        return real_chain(*args)

    def terms(*args: Any, **kwargs: Any) -> Any:
        time.sleep(THINKING)
        return real_terms(*args, **kwargs)

    def plan(*args: Any, **kwargs: Any) -> Any:
        time.sleep(THINKING)
        return real_plan(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("appointments.usecases.make_slots.plan_slots", plan)
        patch.setattr(locks, "_waiting_replacement", chain)
        patch.setattr(hold, "terms_for", terms)
        yield


@contextmanager
def without_row_locks() -> Iterator[None]:
    """Make the row locks of appointments, slots, centres, doctors, accounts and entries plain reads; all other locks stay."""
    real = QuerySet.select_for_update

    def plain(rows: "QuerySet[Any]", *args: Any, **kwargs: Any) -> "QuerySet[Any]":
        return (
            rows.all()
            if rows.model in (Centre, Slot, Appointment, Doctor, User, WaitingEntry)
            else real(rows, *args, **kwargs)
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", plain)
        yield
