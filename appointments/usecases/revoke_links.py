"""Take back every link to a booking that stands in messages, such as after a phone was lost. The history says who did it and why."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from appointments import record
from appointments.actor import Actor
from appointments.errors import ReasonMissingError
from appointments.locks import lock_chain
from appointments.manage import links
from appointments.models import Appointment, ManageLink
from appointments.reasons import Reason, check_reason
from appointments.transactions import in_one_transaction
from refunds.bank.links import revoke_links_of_sources


def live_links(appointments: QuerySet[Appointment]) -> QuerySet[ManageLink]:
    """Return the links to the bookings of these appointments that nobody took back."""
    return ManageLink.objects.filter(chain__in=appointments.order_by().values("chain"), revoked_at__isnull=True)


def count_live_links(*, chain_id: UUID) -> int:
    """Return how many links to one booking nobody took back."""
    return ManageLink.objects.filter(chain=chain_id, revoked_at__isnull=True).count()


def bookings_with_links(appointments: QuerySet[Appointment]) -> list[int]:
    """Return, for each booking of these appointments that links open, the pk of the appointment where it stands now."""
    open_chains = live_links(appointments).values("chain")
    drafts_of_moves = appointments.filter(pending_move__isnull=False).values("pk")
    rows = appointments.filter(chain__in=open_chains).exclude(pk__in=drafts_of_moves).order_by("created_at", "pk")
    return sorted(dict(rows.values_list("chain", "pk")).values())


@in_one_transaction
def revoke_booking_links(*, appointment_id: int, actor: Actor, reason: str, now: datetime) -> int:
    """Take back the links to one booking and write it down where it stands now; who is in by one of them is out.

    Returns how many there were; nothing is written where there was none. Raises ReasonMissingError.
    """
    given = check_reason(Reason(text=reason), actor=actor, required=False)
    if not given.text:
        raise ReasonMissingError("text")
    appointment = lock_chain(appointment_id=appointment_id).appointment
    revoked = links.revoke_links(chain_id=appointment.chain_id, now=now)
    # Those to say where a refund goes open more than a booking.
    revoked += len(revoke_links_of_sources(sources=[appointment.chain.source], now=now))
    if revoked:
        record.note_links_revoked(appointment=appointment, actor=actor, reason=given, now=now)
    return revoked
