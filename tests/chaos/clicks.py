"""Patients who cancel and click again until the page says that it is done."""

import http.client
import re
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.demo.visitor import Visitor

DONE = "Appointment cancelled"
AT_ONCE = 12
AGAIN_AFTER_SECONDS = 0.5


@dataclass
class Patient:
    """Somebody with a session, who does one thing at a time."""

    visitor: Visitor
    references: list[str]
    busy: threading.Lock = field(default_factory=threading.Lock)


def sign_in(visitor: Visitor, *, email: str, password: str) -> Patient:
    """Open the site, sign in, and read which appointments there are."""
    visitor.open("/")
    visitor.send(login=email, password=password)
    return Patient(visitor, references_on(visitor.page))


def references_on(page: str) -> list[str]:
    """Every appointment that a page links to."""
    return sorted(set(re.findall(r"/appointments/([0-9A-Z]{4}-[0-9A-Z]{4})/", page)))


class Clicks:
    """Each click at its moment. `failed` counts pages that did not come."""

    def __init__(self, patients: Iterable[Patient], moments: Iterable[float]) -> None:
        self._waiting = [(patient, reference) for patient in patients for reference in patient.references]
        self._moments = list(moments)
        self._over = threading.Event()
        self._count = threading.Lock()
        self.failed = 0
        self.done = 0

    def start(self) -> None:
        """From now on, in threads of its own."""
        self._began = time.monotonic()
        self._pool = ThreadPoolExecutor(AT_ONCE)
        for (patient, reference), moment in zip(self._waiting, self._moments, strict=False):
            self._pool.submit(self._click, patient, reference, moment)

    def finish(self, *, within: float) -> bool:
        """Whether all are done in time; nobody clicks afterwards."""
        deadline = time.monotonic() + within
        while self.done < len(self._moments) and time.monotonic() < deadline:
            time.sleep(0.2)
        self._over.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        return self.done == len(self._moments)

    def _click(self, patient: Patient, reference: str, moment: float) -> None:
        self._over.wait(max(self._began + moment - time.monotonic(), 0))
        with patient.busy:
            while not self._over.is_set():
                if _cancels(patient.visitor, reference):
                    with self._count:
                        self.done += 1
                    return
                with self._count:
                    self.failed += 1
                self._over.wait(AGAIN_AFTER_SECONDS)


def _cancels(visitor: Visitor, reference: str) -> bool:
    """Walk the pages once; whether the last one says that it is done."""
    try:
        visitor.open(f"/appointments/{reference}/cancel/")
        if visitor.heading() != DONE:
            visitor.open(f"/appointments/{reference}/cancel/reason/")
            visitor.send(code="feeling_better")
            visitor.send()
        return visitor.heading() == DONE
    except (OSError, http.client.HTTPException, ValueError, AssertionError):
        return False
