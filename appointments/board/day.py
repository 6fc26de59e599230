"""One day at a centre: doctors beside each other, times below each other."""

from dataclasses import dataclass
from datetime import date, datetime

from appointments import queries
from appointments.board.slots import SlotSeen, SlotState, see_slots
from appointments.days import midnights
from appointments.models import Centre, Doctor, Slot

#: Doctors beside each other on one page.
MOST_DOCTORS = 8


@dataclass(frozen=True, slots=True)
class BoardRow:
    """What begins at one moment, in the order of the doctors; None where a doctor offers nothing then."""

    starts_at: datetime
    cells: tuple[SlotSeen | None, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A page of a day. `page` of `pages` counts from 1; `away` are the centre's doctors without any time on that day."""

    doctors: tuple[Doctor, ...]
    rows: tuple[BoardRow, ...]
    away: tuple[Doctor, ...]
    page: int
    pages: int

    def count(self, state: SlotState) -> int:
        """Return how many times of this page stand so."""
        return sum(cell is not None and cell.state is state for row in self.rows for cell in row.cells)


def board_of(*, centre: Centre, day: date, now: datetime, page: int = 1, only: Doctor | None = None) -> Board:
    """Return a page of a centre's day, of one doctor alone with `only`. Rows are moments: where clocks go back, an hour comes twice."""
    begin, end = midnights(day, zone=centre.zone)
    slots = Slot.objects.filter(doctor__centre=centre, starts_at__gte=begin, starts_at__lt=end)
    at_work = set(slots.order_by().values_list("doctor", flat=True).distinct())
    everybody = [one for one in queries.doctors_of_centre(centre.pk) if only is None or one == only]
    shown = [one for one in everybody if one.pk in at_work]
    pages = max(1, -(-len(shown) // MOST_DOCTORS))
    page = min(max(page, 1), pages)
    doctors = tuple(shown[(page - 1) * MOST_DOCTORS : page * MOST_DOCTORS])
    seen = see_slots(
        slots.filter(doctor__in=doctors).select_related("doctor__centre").order_by("starts_at", "pk"), now=now
    )
    return Board(
        doctors=doctors,
        rows=_rows(doctors, seen),
        away=tuple(one for one in everybody if one.pk not in at_work),
        page=page,
        pages=pages,
    )


def next_day_with_times(*, centre: Centre, day: date, only: Doctor | None = None) -> date | None:
    """Return the first day after this one on which somebody offers a time, or None."""
    _begin, end = midnights(day, zone=centre.zone)
    slots = Slot.objects.filter(doctor__centre=centre, starts_at__gte=end, is_withdrawn=False)
    if only is not None:
        slots = slots.filter(doctor=only)
    first = slots.order_by("starts_at").first()
    return first.starts_at.astimezone(centre.zone).date() if first else None


def _rows(doctors: tuple[Doctor, ...], seen: list[SlotSeen]) -> tuple[BoardRow, ...]:
    places = {doctor.pk: number for number, doctor in enumerate(doctors)}
    rows: dict[datetime, list[SlotSeen | None]] = {}
    for one in seen:
        cells = rows.setdefault(one.slot.starts_at, [None] * len(doctors))
        cells[places[one.slot.doctor_id]] = one
    return tuple(BoardRow(moment, tuple(cells)) for moment, cells in rows.items())
