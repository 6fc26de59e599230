"""Times to offer, and the slots there are → what to make, put back and withdraw. Pure."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from appointments.hours.times import Offered


@dataclass(frozen=True, slots=True)
class Existing:
    """A slot that is there. `is_in_use`: booked, or held for somebody. `is_off`: taken off offer by the calendar."""

    key: int
    time: Offered
    is_generated: bool
    is_in_use: bool = False
    is_withdrawn: bool = False
    is_off: bool = False

    @property
    def is_ours(self) -> bool:
        """Tell whether hours may do something about it: nobody booked, changed or withdrew it by hand."""
        return self.is_generated and not self.is_in_use and (self.is_off or not self.is_withdrawn)


@dataclass(slots=True)
class SlotPlan:
    """What to do: times to make; keys of slots to put back on offer and to withdraw; how many stay as they are.

    `in_the_way` are times that overlap a slot which somebody booked, made, changed or withdrew. `outside` are keys of
    booked or held slots, made out of hours, that the hours offer no more: they stay, and somebody should look at them.
    """

    make: list[Offered] = field(default_factory=list)
    put_back: list[int] = field(default_factory=list)
    withdraw: list[int] = field(default_factory=list)
    stay: int = 0
    in_the_way: list[Offered] = field(default_factory=list)
    outside: list[int] = field(default_factory=list)

    @property
    def touched(self) -> set[int]:
        """The keys of the slots that it changes."""
        return {*self.put_back, *self.withdraw}


def plan_slots(
    wanted: Iterable[Offered], existing: Iterable[Existing], *, make_until: datetime, now: datetime
) -> SlotPlan:
    """Return what makes the slots of a doctor those wanted, nobody's booking and nothing made by hand touched.

    `wanted` overlap each other nowhere and reach as far as any slot that is there; new ones are made up to `make_until`.
    What has begun only stands in the way.
    """
    rows = list(existing)
    ours = [row for row in rows if row.is_ours and row.time.starts_at > now]
    # Of two alike the one on offer counts: nothing is put back beside it.
    free = {row.time: row for row in sorted(ours, key=lambda row: (not row.is_off, row.key))}
    in_use = {row.time.span: row.key for row in rows if row.is_generated and row.is_in_use}
    keys = {row.key for row in ours}
    busy = _Busy(row.time for row in rows if not row.is_off and row.key not in keys)
    plan, fitting = SlotPlan(), set[int]()
    for time in sorted(wanted):
        row = free.get(time)
        if time.span in in_use:
            fitting.add(in_use[time.span])
        elif busy.meets(time):
            plan.in_the_way += [time] if time.starts_at < make_until else []
        elif row is not None:
            fitting.add(row.key)
            plan.put_back += [row.key] if row.is_off else []
            plan.stay += not row.is_off
        elif time.starts_at < make_until:
            plan.make.append(time)
    plan.withdraw = [row.key for row in ours if not row.is_off and row.key not in fitting]
    booked = (row for row in rows if row.is_generated and row.is_in_use and row.time.starts_at > now)
    plan.outside = [row.key for row in booked if row.key not in fitting]
    return plan


class _Busy:
    """Times by their start, to ask whether another meets one of them."""

    def __init__(self, times: Iterable[Offered]) -> None:
        """Sort them, and remember the latest end of all that start no later."""
        self._times = sorted(times)
        self._ends: list[datetime] = []
        for time in self._times:
            self._ends.append(max(time.ends_at, self._ends[-1]) if self._ends else time.ends_at)

    def meets(self, time: Offered) -> bool:
        """Tell whether one of them overlaps."""
        before = bisect_left(self._times, time.ends_at, key=lambda one: one.starts_at)
        return before > 0 and self._ends[before - 1] > time.starts_at
