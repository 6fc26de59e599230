"""Which changes a calendar sees, and their numbers (SEQUENCE of RFC 5545), counted on the chain."""

from django.db.models import F
from django.db.models.functions import Coalesce

from appointments.models import Appointment, Chain, EventKind

_UNSEEN = frozenset(
    {
        EventKind.HELD,
        EventKind.EXTENDED,
        EventKind.OFFER_TAKEN,
        EventKind.PAID,
        EventKind.CHECKED_IN,
        EventKind.COMPLETED,
        EventKind.NO_SHOW,
    }
)


def number_change(*, appointment: Appointment, kind: EventKind, from_status: str) -> int | None:
    """Count a change on the chain, under its lock and in its transaction; return its number, None for an unseen one.

    The booking is 0. A draft is in no calendar, so its end is nothing to see. A move is one change: the new appointment
    takes the number that the end of the old one was given.
    """
    was_draft = from_status == Appointment.Status.DRAFT
    if kind in _UNSEEN or (was_draft and kind == EventKind.CANCELLED):
        return None
    chain = Chain.objects.filter(pk=appointment.chain_id)
    takes_over = was_draft and appointment.replaces_id is not None
    if not takes_over:
        chain.update(calendar_sequence=Coalesce(F("calendar_sequence") + 1, 0))
    return chain.values_list("calendar_sequence", flat=True).get()
