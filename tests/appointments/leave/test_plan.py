"""Other times are dealt in turn."""

from datetime import UTC, datetime, timedelta

from appointments.leave.plan import Free, Lost, deal_times

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


def lost(*hours: int) -> list[Lost]:
    return [Lost(number, NOON + timedelta(hours=hour)) for number, hour in enumerate(hours, start=1)]


def free(*hours: int) -> list[Free]:
    """Times named by their hour."""
    return [Free(hour, NOON + timedelta(hours=hour)) for hour in hours]


def test_times_when_there_are_enough() -> None:
    """The same doctor's earliest first, then the nearest of others, before or after."""
    dealt = deal_times(lost(0), same_doctor=free(48, 24), others=free(9, -2, 3, 60))

    assert dealt == {1: [24, -2, 3]}


def test_times_when_they_are_scarce() -> None:
    """Nobody gets a second one before everybody got a first."""
    dealt = deal_times(lost(0, 1, 2), same_doctor=free(24, 25), others=free(5, 6))

    assert dealt == {1: [24, 6], 2: [25], 3: [5]}


def test_times_when_there_are_fewer_than_people() -> None:
    assert deal_times(lost(3, 0, 1), same_doctor=[], others=free(5)) == {2: [5], 3: [], 1: []}


def test_times_when_there_are_none() -> None:
    assert deal_times(lost(0), same_doctor=[], others=[]) == {1: []}


def test_times_when_only_the_same_doctor_has_some() -> None:
    assert deal_times(lost(0), same_doctor=free(24, 25, 26, 27), others=[]) == {1: [24, 25, 26]}


def test_times_when_two_are_as_near() -> None:
    assert deal_times(lost(0), same_doctor=[], others=free(-1, 1), most=1) == {1: [1]}


def test_times_when_many_want_them() -> None:
    """No time goes to two."""
    dealt = deal_times(lost(*range(50)), same_doctor=free(*range(100, 140)), others=free(*range(200, 270)))
    keys = [key for times in dealt.values() for key in times]

    assert (len(keys), len(set(keys))) == (110, 110)
    assert {len(times) for times in dealt.values()} == {2, 3}
