"""Two clerks enter one person at once, on a real PostgreSQL; first with the row locks off, where it must go wrong."""

import pytest

from appointments.actor import Actor
from appointments.models import Patient
from appointments.usecases.enter_patient import Entered, KnownAlreadyError, enter_and_hold
from appointments.usecases.hold import Shown, terms_for
from tests import factories as make
from tests.appointments.usecases.test_enter_patient import RAVI
from tests.concurrency.race import Race, run, thinking, without_row_locks
from tests.concurrency.rivals import Clinic

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS = 5
MOST_CONTROL_ROUNDS = 40


def clerks(*, one_time: bool) -> Race:
    """Two clerks and one person: for one time both get what stands, for two the second is shown the first's record."""
    clinic = Clinic()
    first = clinic.slot()
    slots = [first, first if one_time else clinic.slot()]
    terms = terms_for(first, clinic.channel, now=make.NOW).pk
    before = Patient.objects.count()

    def enter(number: int) -> object:
        return enter_and_hold(
            newcomer=RAVI,
            others=[],
            slot_id=slots[number].pk,
            channel_id=clinic.channel.pk,
            centre_ids=[clinic.doctor.centre_id],
            actor=Actor.system(f"clerk {number}"),
            now=make.NOW,
            shown=Shown(first.price, terms),
        )

    def judge(results: list[object]) -> bool:
        names = sorted(type(one).__name__ for one in results)
        right = [Entered.__name__, Entered.__name__ if one_time else KnownAlreadyError.__name__]
        return names == right and Patient.objects.count() == before + 1

    return Race((lambda: enter(0), lambda: enter(1)), judge)


@pytest.mark.parametrize("one_time", [True, False])
def test_clerks_when_locks_are_off(*, one_time: bool) -> None:
    with thinking(), without_row_locks():
        assert not all(run(clerks(one_time=one_time)) for _ in range(MOST_CONTROL_ROUNDS))


@pytest.mark.parametrize("one_time", [True, False])
def test_clerks_when_locked(*, one_time: bool) -> None:
    with thinking():
        right = [run(clerks(one_time=one_time)) for _ in range(ROUNDS)]

    assert right == [True] * ROUNDS
