"""The rush from ten to eleven: many patients at once, each page timed as the patient waits for it."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.processes import computed
from tests.chaos.clicks import DONE, sign_in
from tests.demo.visitor import Visitor
from tests.stack.stack import Stack

EACH = 4
"""Cancellations a patient, and looks at the free times."""
SIGN_INS_AT_ONCE = 4


class Timed(Visitor):
    """A visitor who notes how long each page took, redirects included."""

    def __init__(self, site: str) -> None:
        super().__init__(site)
        self.waits: list[float] = []

    def open(self, path: str, data: dict[str, Any] | None = None) -> None:
        """As any visitor."""
        began = time.perf_counter()
        super().open(path, data)
        self.waits.append(time.perf_counter() - began)


@dataclass
class Arrived:
    """A patient who has signed in, with the appointments still to be cancelled."""

    visitor: Timed
    references: list[str]


def measure_rush(stack: Stack) -> list[Figure]:
    """Every patient at once cancels, then every patient at once looks for another time."""
    with ThreadPoolExecutor(SIGN_INS_AT_ONCE) as pool:
        patients = list(pool.map(lambda email: _arrive(stack, email), stack.patients))
    web = stack.children.running["web"].pid
    before = computed(web)
    clicks, seconds = _all_at_once(patients, _cancel)
    cancelling = computed(web) - before
    pages = [wait for patient in patients for wait in patient.visitor.waits]
    before = computed(web)
    looks, looking = _all_at_once(patients, _look_for_times)
    choosing = computed(web) - before
    many = f"{len(patients)} patients at once, {EACH} each"
    return [
        Figure("cancelled", f"{len(clicks) / seconds:.1f} a second", f"{many}; their clients run on this machine too"),
        Figure("pages on the way", f"{len(pages) / seconds:.0f} a second", "four each, redirects not counted"),
        Figure("the deciding click, p95", milliseconds(percentile(clicks, 95)), "until the page that says it is done"),
        Figure("any page on the way, p95", milliseconds(percentile(pages, 95)), ""),
        Figure(
            "computing for a page",
            milliseconds(cancelling / len(pages)),
            "of the web processes, whatever else runs here",
        ),
        Figure("free times, p95", milliseconds(percentile(looks, 95)), f"{many}; {len(looks) / looking:.0f} a second"),
        Figure("computing for free times", milliseconds(choosing / len(looks)), "of the web processes"),
        Figure("free times, alone", milliseconds(_alone(patients[0])), "one patient, the median of ten"),
    ]


def _arrive(stack: Stack, email: str) -> Arrived:
    visitor = Timed(stack.shape.site)
    references = sign_in(visitor, email=email, password=stack.password).references
    patient = Arrived(visitor, [one for one in references if _is_booked(visitor, one)][: EACH + 1])
    assert len(patient.references) == EACH + 1, f"{email} has only {patient.references}"
    visitor.waits.clear()
    return patient


def _is_booked(visitor: Timed, reference: str) -> bool:
    """Whether it can be cancelled: then the page has no heading that says it was."""
    visitor.open(f"/appointments/{reference}/cancel/")
    return visitor.heading() != DONE


def _all_at_once(patients: Sequence[Arrived], deed: Callable[[Arrived], list[float]]) -> tuple[list[float], float]:
    """Every patient's waits, and how long it took in all."""
    together = threading.Barrier(len(patients) + 1)

    def act(patient: Arrived) -> list[float]:
        together.wait()
        return deed(patient)

    with ThreadPoolExecutor(len(patients)) as pool:
        started = [pool.submit(act, patient) for patient in patients]
        together.wait()
        began = time.perf_counter()
        waits = [wait for done in started for wait in done.result()]
        return waits, time.perf_counter() - began


def _cancel(patient: Arrived) -> list[float]:
    """Cancel four; how long each deciding click took."""
    visitor, waits = patient.visitor, []
    for _ in range(EACH):
        reference = patient.references.pop()
        visitor.open(f"/appointments/{reference}/cancel/")
        visitor.open(f"/appointments/{reference}/cancel/reason/")
        visitor.send(code="feeling_better")
        visitor.send()
        assert visitor.heading() == DONE, visitor.heading()
        waits.append(visitor.waits[-1])
    return waits


def _look_for_times(patient: Arrived) -> list[float]:
    """Look at the free times of an appointment that still stands."""
    return [_look(patient) for _ in range(EACH)]


def _look(patient: Arrived) -> float:
    patient.visitor.open(f"/appointments/{patient.references[0]}/change/")
    assert "/change/" in patient.visitor.address, patient.visitor.address
    return patient.visitor.waits[-1]


def _alone(patient: Arrived) -> float:
    return percentile([_look(patient) for _ in range(10)], 50)
