"""How many free times one page shows, and which slot a form names."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from appointments.models import Slot

HORIZON = timedelta(days=30)
MOST_SLOTS = 120  # a page that can be read; the filter reaches the rest
_MOST_DIGITS = 15


def whole_days(slots: list[Slot], *, zone: ZoneInfo) -> tuple[list[Slot], date | None]:
    """Return the slots, whole days of the zone at a time, and the day on which the rest begins, if there are more than a page holds."""
    if len(slots) <= MOST_SLOTS:
        return slots, None
    cut = slots[-1].starts_at.astimezone(zone).date()
    kept = [slot for slot in slots if slot.starts_at.astimezone(zone).date() < cut]
    return (kept, cut) if kept else (slots, cut + timedelta(days=1))


def slot_named(value: str) -> int | None:
    """Return the pk that a form sent, or None where it is no number of a slot."""
    is_number = value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS
    return int(value) if is_number else None
