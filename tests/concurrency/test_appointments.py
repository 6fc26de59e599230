"""Races on a real PostgreSQL. Each is first run with the row locks off, where it must go wrong: else it shows nothing.

RACE_ROUNDS says how often each is run with the locks on.
"""

import os
from collections.abc import Callable

import pytest

from tests.concurrency.booking_rivals import BOOKING_RIVALS
from tests.concurrency.hours_rivals import HOURS_RIVALS
from tests.concurrency.late_rivals import LATE_RIVALS
from tests.concurrency.override_rivals import OVERRIDE_RIVALS
from tests.concurrency.race import Race, run, thinking, without_row_locks
from tests.concurrency.rivals import RIVALS, Clinic

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

EVERYBODY = (*RIVALS, *LATE_RIVALS, *BOOKING_RIVALS, *OVERRIDE_RIVALS, *HOURS_RIVALS)
ROUNDS = int(os.environ.get("RACE_ROUNDS", "10"))
MOST_CONTROL_ROUNDS = 40


@pytest.mark.parametrize("rivals", EVERYBODY, ids=lambda rivals: rivals.__name__)
def test_race_when_locks_are_off(rivals: Callable[[Clinic], Race]) -> None:
    clinic = Clinic()

    with thinking(), without_row_locks():
        assert not all(run(rivals(clinic)) for _ in range(MOST_CONTROL_ROUNDS))


@pytest.mark.parametrize("rivals", EVERYBODY, ids=lambda rivals: rivals.__name__)
def test_race_when_locked(rivals: Callable[[Clinic], Race]) -> None:
    clinic = Clinic()

    with thinking():
        right = [run(rivals(clinic)) for _ in range(ROUNDS)]

    assert right == [True] * ROUNDS
