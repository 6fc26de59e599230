"""By which day money is promised to be back: working days of the centre, counted from the day of the deed."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from appointments.models import AppointmentEvent, Centre
from appointments.public_holidays import calendar_of
from policies.rules.money import Allocation, RefundWay
from refunds.models import Refund

_FRIDAY = 4


def promise_for(way: str, *, granted_at: datetime, centre: Centre) -> date | None:
    """Return the day by which money granted now is promised to be back that way; None where no day is promised."""
    length = {
        RefundWay.ORIGINAL: centre.card_refund_days,
        RefundWay.BANK_TRANSFER: centre.transfer_refund_days,
    }.get(RefundWay(way))
    if length is None:
        return None
    closed = frozenset(centre.closed_days.values_list("on", flat=True)) if centre.pk else frozenset[date]()
    start = granted_at.astimezone(centre.zone).date()
    return working_day_after(start, days=length, country=centre.country, region=centre.region, closed=closed)


def working_day_after(start: date, *, days: int, country: str, region: str, closed: Collection[date]) -> date:
    """Return the day that is so many working days after `start`, which itself never counts.

    `country` (ISO 3166, may be empty) gives public holidays and the weekend; without it Saturday and Sunday are free.
    """
    day, left = start, days
    while left > 0:
        day += timedelta(days=1)
        if day not in closed and _is_working_day(day, country, region):
            left -= 1
    return day


def promises_of(event: AppointmentEvent) -> dict[RefundWay, date]:
    """Return the days promised at this deed, by way, as they were stored with its refunds."""
    stored = Refund.objects.filter(cause__in=[f"cancel:{event.pk}", f"move:{event.pk}"], promised_on__isnull=False)
    days = dict(stored.values_list("payment_id", "promised_on"))
    found: dict[RefundWay, date] = {}
    for part in _allocations(event):
        promised = next((on for payment, on in days.items() if str(payment) == part.payment and on), None)
        if promised:
            found[part.way] = max(promised, found.get(part.way, promised))
    return found


def _allocations(event: AppointmentEvent) -> Iterable[Allocation]:
    record = event.quote or {"allocations": []}
    return [Allocation(part["payment"], part["amount"], RefundWay(part["way"])) for part in record["allocations"]]


def _is_working_day(day: date, country: str, region: str) -> bool:
    if not country:
        return day.weekday() <= _FRIDAY
    return calendar_of(country, region).is_working_day(day)
