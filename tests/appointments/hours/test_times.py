"""Weekly hours → times: the wall clock of the centre decides, whatever it does."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments.hours.times import Calendar, Hours, Times, Why, clash, times_of

LONDON, PUNE = ZoneInfo("Europe/London"), ZoneInfo("Asia/Kolkata")
MONDAY = date(2026, 11, 2)


def hours(begins: time = time(9), ends: time = time(11), **values: object) -> Hours:
    said: dict[str, object] = {
        "weekday": 0,
        "length": timedelta(minutes=30),
        "pause": timedelta(),
        "price": 100,
        "first_day": date(2026, 1, 1),
    }
    return Hours(begins=begins, ends=ends, **(said | values))  # type: ignore[arg-type]


def week_from(day: date, *rows: Hours, calendar: Calendar | None = None, days: int = 7) -> Times:
    zone = (calendar or Calendar(PUNE)).zone
    since = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC) - timedelta(seconds=1)
    return times_of(rows, calendar or Calendar(PUNE), since=since, until=since + timedelta(days=days))


def starts(times: Times, zone: ZoneInfo = PUNE) -> list[str]:
    return [f"{one.starts_at.astimezone(zone):%a %H:%M}" for one in times.offered]


def test_times_when_an_ordinary_week() -> None:
    found = week_from(MONDAY, hours())

    assert starts(found) == ["Mon 09:00", "Mon 09:30", "Mon 10:00", "Mon 10:30"]
    assert (found.left_out, found.doubled) == ([], set())


def test_times_when_there_is_a_pause() -> None:
    assert starts(week_from(MONDAY, hours(pause=timedelta(minutes=15)))) == ["Mon 09:00", "Mon 09:45", "Mon 10:30"]


def test_times_when_the_rest_is_too_short() -> None:
    assert starts(week_from(MONDAY, hours(ends=time(10, 15)))) == ["Mon 09:00", "Mon 09:30"]


def test_times_when_over_midnight() -> None:
    night = hours(time(23), time(0, 30))

    assert starts(week_from(MONDAY, night)) == ["Mon 23:00", "Mon 23:30", "Tue 00:00"]
    assert starts(week_from(MONDAY + timedelta(days=1), night, days=1)) == ["Tue 00:00"]


def test_times_when_the_day_has_begun() -> None:
    since = datetime(2026, 11, 2, 9, 30, tzinfo=PUNE).astimezone(UTC)

    found = times_of([hours()], Calendar(PUNE), since=since, until=since + timedelta(days=1))

    assert starts(found) == ["Mon 10:00", "Mon 10:30"]


def test_times_when_no_longer_valid() -> None:
    row = hours(first_day=MONDAY + timedelta(days=7), last_day=MONDAY + timedelta(days=14))

    found = week_from(MONDAY, row, days=35)

    assert sorted({one.starts_at.date() for one in found.offered}) == [date(2026, 11, 9), date(2026, 11, 16)]


def test_times_when_the_day_is_closed() -> None:
    calendar = Calendar(PUNE, closed={MONDAY: "Festival"})

    found = week_from(MONDAY, hours(), calendar=calendar, days=14)

    assert {one.starts_at.date() for one in found.offered} == {MONDAY + timedelta(days=7)}
    assert {(one.wall.date(), one.why, one.name) for one in found.left_out} == {(MONDAY, Why.CLOSED, "Festival")}


def test_times_when_the_night_runs_into_a_closed_day() -> None:
    calendar = Calendar(PUNE, closed={MONDAY + timedelta(days=1): "Festival"})

    found = week_from(MONDAY, hours(time(23), time(0, 45), length=timedelta(minutes=45)), calendar=calendar)

    assert starts(found) == ["Mon 23:00"]
    assert [one.why for one in found.left_out] == [Why.CLOSED]


def test_times_when_the_doctor_is_away() -> None:
    away = [(datetime(2026, 11, 2, 9, 45, tzinfo=PUNE), datetime(2026, 11, 2, 10, 30, tzinfo=PUNE))]

    found = week_from(MONDAY, hours(), calendar=Calendar(PUNE, away=away))

    assert starts(found) == ["Mon 09:00", "Mon 10:30"]
    assert [one.why for one in found.left_out] == [Why.AWAY, Why.AWAY]


def test_times_when_two_spans_overlap() -> None:
    found = week_from(MONDAY, hours(), hours(begins=time(10, 15), ends=time(12)))

    assert starts(found) == ["Mon 09:00", "Mon 09:30", "Mon 10:00", "Mon 10:30", "Mon 11:15"]
    assert [one.why for one in found.left_out] == [Why.OVERLAP, Why.OVERLAP]


def test_times_when_the_clock_is_put_forward() -> None:
    spring = date(2027, 3, 28)
    night = hours(time(0, 30), time(3), weekday=6)

    found = week_from(spring, night, calendar=Calendar(LONDON), days=1)

    assert starts(found, LONDON) == ["Sun 00:30", "Sun 02:00", "Sun 02:30"]
    assert [(one.wall.time(), one.why) for one in found.left_out] == [
        (time(1), Why.NO_SUCH_TIME),
        (time(1, 30), Why.NO_SUCH_TIME),
    ]


def test_times_when_the_clock_is_put_forward_within_a_slot() -> None:
    long = hours(time(0, 30), time(4), weekday=6, length=timedelta(minutes=50))

    found = week_from(date(2027, 3, 28), long, calendar=Calendar(LONDON), days=1)

    # 00:30 lasts its fifty minutes: until 02:20 as the clock shows it. 02:10 would begin before that.
    assert starts(found, LONDON) == ["Sun 00:30", "Sun 03:00"]
    assert [one.why for one in found.left_out] == [Why.NO_SUCH_TIME, Why.OVERLAP]


def test_times_when_the_clock_is_put_back() -> None:
    autumn = date(2027, 10, 31)

    found = week_from(autumn, hours(time(0, 30), time(2, 30), weekday=6), calendar=Calendar(LONDON), days=1)

    assert starts(found, LONDON) == ["Sun 00:30", "Sun 01:00", "Sun 01:30", "Sun 02:00"]
    assert found.doubled == {autumn}
    assert found.offered[1].starts_at == datetime(2027, 10, 31, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (hours(), True),
        (hours(begins=time(11), ends=time(12)), False),
        (hours(begins=time(10, 59), ends=time(12)), True),
        (hours(weekday=1), False),
        (hours(weekday=6, begins=time(22), ends=time(9, 30)), True),
        (hours(weekday=6, begins=time(22), ends=time(9)), False),
        (hours(first_day=date(2026, 6, 9)), False),
        (hours(first_day=date(2026, 6, 8)), True),
        (hours(last_day=date(2026, 1, 4)), False),
        (hours(last_day=date(2026, 1, 5)), True),
    ],
)
def test_clash_when_compared(other: Hours, *, expected: bool) -> None:
    one = hours(last_day=date(2026, 6, 8))

    assert (clash(one, other), clash(other, one)) == (expected, expected)


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
SPANS = st.builds(
    Hours,
    weekday=st.integers(0, 6),
    begins=st.times().map(lambda clock: clock.replace(second=0, microsecond=0, fold=0)),
    ends=st.times().map(lambda clock: clock.replace(second=0, microsecond=0, fold=0)),
    length=st.integers(5, 240).map(lambda minutes: timedelta(minutes=minutes)),
    pause=st.integers(0, 90).map(lambda minutes: timedelta(minutes=minutes)),
    price=st.integers(0, 10**6),
    first_day=DAYS,
    last_day=st.none() | DAYS,
)
ZONES = st.sampled_from(["Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo"])


@settings(max_examples=60)
@given(rows=st.lists(SPANS, max_size=5), zone=ZONES.map(ZoneInfo), first=DAYS, closed=st.sets(DAYS, max_size=20))
def test_times_when_anything_is_entered(rows: list[Hours], zone: ZoneInfo, first: date, closed: set[date]) -> None:
    since = datetime.combine(first, time(11), tzinfo=zone).astimezone(UTC)
    until = since + timedelta(days=20)
    away = [(since + timedelta(days=3), since + timedelta(days=4, hours=5))]
    calendar = Calendar(zone, closed=dict.fromkeys(closed, "Festival"), away=away)

    found = times_of(rows, calendar, since=since, until=until)

    for one, following in zip(found.offered, found.offered[1:], strict=False):
        assert one.ends_at <= following.starts_at
    for one in found.offered:
        local = one.starts_at.astimezone(zone)
        assert since < one.starts_at < until
        assert local.fold == 0
        assert any(row.length == one.ends_at - one.starts_at and row.price == one.price for row in rows)
        assert any(row.holds_on(local.date()) or row.holds_on(local.date() - timedelta(days=1)) for row in rows)
        assert local.date() not in closed
        assert not any(one.starts_at < end and begin < one.ends_at for begin, end in away)
