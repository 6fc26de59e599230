"""A centre's day: which doctors stand beside each other, and what begins when."""

from datetime import UTC, date, datetime

import pytest

from appointments.board.day import MOST_DOCTORS, board_of, next_day_with_times
from appointments.board.slots import SlotState
from appointments.models import Centre, Doctor
from tests.factories import NOW, CentreFactory, DoctorFactory, SlotFactory

MONDAY = date(2026, 11, 2)


@pytest.fixture
def centre(db: None) -> Centre:
    return CentreFactory.create()


def at(doctor: Doctor, *moment: int) -> datetime:
    """Give the doctor a time at this moment, year to minute in UTC, and return it."""
    starts_at = datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type, misc]
    SlotFactory.create(doctor=doctor, starts_at=starts_at)
    return starts_at


def test_board_when_two_doctors_begin_apart(centre: Centre) -> None:
    first, second, idle = (DoctorFactory.create(centre=centre, name=name) for name in ("Dr A", "Dr B", "Dr C"))
    nine, half_past = at(first, 2026, 11, 2, 9, 0), at(second, 2026, 11, 2, 9, 30)
    at(second, 2026, 11, 2, 9, 0)

    board = board_of(centre=centre, day=MONDAY, now=NOW)

    assert (board.doctors, board.away) == ((first, second), (idle,))
    assert [row.starts_at for row in board.rows] == [nine, half_past]
    assert [[cell is not None for cell in row.cells] for row in board.rows] == [[True, True], [False, True]]
    assert board.count(SlotState.FREE) == 1  # the others begin now


def test_board_when_late_in_the_evening(centre: Centre) -> None:
    """Midnight in India is half past six in the evening in London and UTC."""
    doctor = DoctorFactory.create(centre=centre)
    at(doctor, 2026, 11, 1, 18, 15)
    begin, end = at(doctor, 2026, 11, 1, 18, 30), at(doctor, 2026, 11, 2, 18, 15)
    at(doctor, 2026, 11, 2, 18, 30)

    assert [row.starts_at for row in board_of(centre=centre, day=MONDAY, now=NOW).rows] == [begin, end]


@pytest.mark.parametrize(
    ("day", "begin", "end"),
    [
        (date(2026, 10, 25), (2026, 10, 24, 23, 0), (2026, 10, 25, 23, 30)),  # 25 hours in London
        (date(2027, 3, 28), (2027, 3, 28, 0, 0), (2027, 3, 28, 22, 30)),  # 23 hours
    ],
)
def test_board_when_clocks_change(centre: Centre, day: date, begin: tuple[int, ...], end: tuple[int, ...]) -> None:
    centre.time_zone = "Europe/London"
    centre.save()
    doctor = DoctorFactory.create(centre=centre)
    first, last = at(doctor, *begin), at(doctor, *end)

    assert [row.starts_at for row in board_of(centre=centre, day=day, now=NOW).rows] == [first, last]


def test_board_when_an_hour_comes_twice(centre: Centre) -> None:
    centre.time_zone = "Europe/London"
    centre.save()
    doctor = DoctorFactory.create(centre=centre)
    moments = [at(doctor, 2026, 10, 25, 0, 30), at(doctor, 2026, 10, 25, 1, 30)]

    rows = board_of(centre=centre, day=date(2026, 10, 25), now=NOW).rows

    assert [row.starts_at for row in rows] == moments
    assert {row.starts_at.astimezone(centre.zone).strftime("%H:%M") for row in rows} == {"01:30"}


def test_board_when_there_are_many_doctors(centre: Centre) -> None:
    doctors = [DoctorFactory.create(centre=centre, name=f"Dr {number:02}") for number in range(MOST_DOCTORS + 1)]
    for doctor in doctors:
        at(doctor, 2026, 11, 2, 10, 0)

    first, last, beyond = (board_of(centre=centre, day=MONDAY, now=NOW, page=page) for page in (1, 2, 9999))

    assert (list(first.doctors), first.page, first.pages) == (doctors[:MOST_DOCTORS], 1, 2)
    assert (list(last.doctors), last.page) == (doctors[MOST_DOCTORS:], 2)
    assert beyond == last


def test_board_when_of_one_doctor(centre: Centre) -> None:
    mine, other = DoctorFactory.create(centre=centre), DoctorFactory.create(centre=centre)
    at(mine, 2026, 11, 2, 10, 0)
    at(other, 2026, 11, 2, 10, 0)

    board = board_of(centre=centre, day=MONDAY, now=NOW, only=mine)

    assert (board.doctors, board.away, len(board.rows)) == ((mine,), (), 1)


def test_next_day_when_there_is_one(centre: Centre) -> None:
    doctor = DoctorFactory.create(centre=centre)
    at(DoctorFactory.create(), 2026, 11, 3, 10, 0)
    assert next_day_with_times(centre=centre, day=MONDAY) is None

    at(doctor, 2026, 11, 4, 18, 30)

    assert next_day_with_times(centre=centre, day=MONDAY) == date(2026, 11, 5)
    assert next_day_with_times(centre=centre, day=MONDAY, only=DoctorFactory.create(centre=centre)) is None
