"""Races for times that others wait for, on a real PostgreSQL; first with the row locks off, where they must go wrong."""

from collections.abc import Callable

import pytest

from tests.concurrency.race import Race, run, thinking, without_row_locks
from tests.concurrency.waiting_rivals import WAITING_RIVALS, patient_and_desk_join, stranger_and_the_time_given_back

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS = 5
MOST_CONTROL_ROUNDS = 40


@pytest.mark.parametrize("rivals", WAITING_RIVALS, ids=lambda rivals: rivals.__name__)
def test_race_for_the_list_when_locks_are_off(rivals: Callable[[], Race]) -> None:
    with thinking(), without_row_locks():
        assert not all(run(rivals()) for _ in range(MOST_CONTROL_ROUNDS))


@pytest.mark.parametrize(
    "rivals",
    [*WAITING_RIVALS, stranger_and_the_time_given_back, patient_and_desk_join],
    ids=lambda rivals: rivals.__name__,
)
def test_race_for_the_list_when_locked(rivals: Callable[[], Race]) -> None:
    with thinking():
        right = [run(rivals()) for _ in range(ROUNDS)]

    assert right == [True] * ROUNDS
