"""A centre takes over a year's public holidays as closed days of its own."""

from datetime import datetime

from appointments.actor import Actor
from appointments.models import Centre, ClosedDay, HolidayYear
from appointments.public_holidays import holidays_of
from appointments.transactions import in_one_transaction

_LONGEST_NAME = 80


@in_one_transaction
def take_over_holidays(*, centre: Centre, year: int, actor: Actor, now: datetime) -> int:
    """Add the year's public holidays to the centre's closed days and return how many were not there yet.

    From then on the centre's own list alone says which days of the year are closed. A second time does nothing, so that
    a day that was struck off stays off.
    """
    _, is_new = HolidayYear.objects.get_or_create(
        centre=centre, year=year, defaults={"taken_at": now, "taken_by": actor.label}
    )
    if not is_new:
        return 0
    days = holidays_of(centre.country, centre.region, year=year)
    there = set(centre.closed_days.filter(on__year=year).values_list("on", flat=True))
    missing = [
        ClosedDay(centre=centre, on=day, name=name[:_LONGEST_NAME]) for day, name in days.items() if day not in there
    ]
    ClosedDay.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
