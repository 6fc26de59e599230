"""What there is and what is wanted → what to do: nobody's booking and nothing made by hand is touched."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from appointments.hours.plan import Existing, SlotPlan, plan_slots
from appointments.hours.times import Offered
from tests.factories.clock import NOW

HALF = timedelta(minutes=30)
FAR = NOW + timedelta(days=30)


def at(hours: float, *, price: int = 100, length: timedelta = HALF) -> Offered:
    start = NOW + timedelta(hours=hours)
    return Offered(start, start + length, price)


def made(key: int, time: Offered, **values: bool) -> Existing:
    return Existing(key, time, **({"is_generated": True} | values))


def plan(wanted: list[Offered], existing: list[Existing]) -> SlotPlan:
    return plan_slots(wanted, existing, make_until=FAR, now=NOW)


def test_plan_when_nothing_is_there() -> None:
    assert plan([at(1), at(2)], []) == SlotPlan(make=[at(1), at(2)])


def test_plan_when_beyond_the_days_to_make() -> None:
    far = at(24 * 31)

    assert plan([far], []) == SlotPlan()
    assert plan([far], [made(1, far)]) == SlotPlan(stay=1)


def test_plan_when_all_is_there() -> None:
    assert plan([at(1), at(2)], [made(1, at(1)), made(2, at(2))]) == SlotPlan(stay=2)


def test_plan_when_hours_changed() -> None:
    assert plan([at(1, price=200)], [made(1, at(1)), made(2, at(2))]) == SlotPlan(
        make=[at(1, price=200)], withdraw=[1, 2]
    )


def test_plan_when_hours_change_back() -> None:
    off = made(1, at(1), is_withdrawn=True, is_off=True)

    assert plan([at(1)], [off]) == SlotPlan(put_back=[1])
    assert plan([at(1)], [off, made(2, at(1))]) == SlotPlan(stay=1)


def test_plan_when_booked_outside_the_hours() -> None:
    booked = made(1, at(1), is_in_use=True)

    assert plan([], [booked]) == SlotPlan(outside=[1])
    assert plan([at(1.25)], [booked]) == SlotPlan(outside=[1], in_the_way=[at(1.25)])


def test_plan_when_booked_at_another_price() -> None:
    assert plan([at(1, price=200)], [made(1, at(1), is_in_use=True)]) == SlotPlan()


def test_plan_when_made_by_hand() -> None:
    by_hand = Existing(1, at(1.25), is_generated=False)

    assert plan([at(1)], [by_hand]) == SlotPlan(in_the_way=[at(1)])
    assert plan([at(1)], [by_hand, made(2, at(1))]) == SlotPlan(in_the_way=[at(1)], withdraw=[2])
    assert plan([], [by_hand]) == SlotPlan()


def test_plan_when_withdrawn_by_a_person() -> None:
    gone = made(1, at(1), is_withdrawn=True)

    assert plan([at(1)], [gone]) == SlotPlan(in_the_way=[at(1)])
    assert plan([], [gone]) == SlotPlan()


def test_plan_when_it_has_begun() -> None:
    now_on = made(1, at(-0.25))

    assert plan([at(0.1), at(1)], [now_on]) == SlotPlan(make=[at(1)], in_the_way=[at(0.1)])


TIMES = st.builds(
    lambda start, length, price: at(start / 4, price=price, length=timedelta(minutes=length)),
    st.integers(-4, 40),
    st.sampled_from([15, 30, 45]),
    st.sampled_from([100, 200]),
)
WANTED = st.builds(
    lambda numbers, price: [at(number / 2, price=price) for number in sorted(numbers)],
    st.sets(st.integers(1, 20)),
    st.sampled_from([100, 200]),
)


@st.composite
def rows(draw: st.DrawFn) -> list[Existing]:
    """Slots as the database lets them be: of those on offer no two start together."""
    found: list[Existing] = []
    for key, time in enumerate(draw(st.lists(TIMES, max_size=12))):
        is_off = draw(st.booleans())
        if not is_off and any(row.time.starts_at == time.starts_at and not row.is_off for row in found):
            continue
        used = not is_off and draw(st.booleans())
        gone = is_off or (not used and draw(st.booleans()))
        generated = draw(st.booleans())
        found.append(Existing(key, time, generated, is_in_use=used, is_withdrawn=gone, is_off=is_off))
    return found


def carried_out(plan: SlotPlan, existing: list[Existing]) -> list[Existing]:
    """Do what a plan says."""
    after = []
    for row in existing:
        off = (row.is_off or row.key in plan.withdraw) and row.key not in plan.put_back
        gone = off or (row.is_withdrawn and row.key not in plan.put_back)
        after.append(Existing(row.key, row.time, row.is_generated, row.is_in_use, gone, off))
    return [*after, *(made(1000 + number, time) for number, time in enumerate(plan.make))]


@settings(max_examples=150)
@given(wanted=WANTED, existing=rows())
def test_plan_when_anything_is_there(wanted: list[Offered], existing: list[Existing]) -> None:
    done = plan(wanted, existing)
    after = carried_out(done, existing)
    again = plan(wanted, after)

    assert (again.make, again.put_back, again.withdraw) == ([], [], [])
    by_key = {row.key: row for row in existing}
    assert all(by_key[key].is_generated and not by_key[key].is_in_use for key in done.touched)
    offered = [row.time for row in after if not row.is_withdrawn and row.time.starts_at > NOW]
    assert len({time.starts_at for time in offered}) == len(offered)
    assert all(any(time.span == one.span for one in offered) or time in done.in_the_way for time in wanted)
    untouched = [row for row in after if row.is_generated and not row.is_in_use and not row.is_withdrawn]
    assert all(row.time in wanted for row in untouched if row.time.starts_at > NOW)
