"""Follow what providers gave back without us: that money stands for no consultation any more."""

from datetime import datetime
from uuid import UUID

from appointments import queries
from appointments.locks import lock_chain
from appointments.models import Appointment, AppointmentEvent, Chain, EventKind
from appointments.transactions import in_one_transaction
from refunds.models import Method, OutsideRefund


@in_one_transaction
def follow_outside_refunds(*, appointment_id: int) -> bool:
    """Lower what a live appointment's chain holds to what is left of its noted payments, less the fees. False where it is so already.

    It never grows: money that nobody knows of is the audit's business. Raises Appointment.DoesNotExist.
    """
    locked = lock_chain(appointment_id=appointment_id)
    if locked.appointment.status in Appointment.TERMINAL:
        return False
    return hold_what_is_left(locked.chain)


def hold_what_is_left(chain: Chain) -> bool:
    """Lower what a locked chain holds to what is left of its noted payments, less the fees. False where it is so already."""
    payments = queries.payments_of_chain(source=chain.source).exclude(method=Method.INSURANCE)
    held = max(sum(payment.remaining for payment in payments) - _fees(chain.pk), 0)
    if held >= chain.held:
        return False
    chain.held = held
    chain.save(update_fields=["held"])
    return True


def appointments_to_follow(*, since: datetime, limit: int) -> list[int]:
    """Return the keys of live appointments whose payments the provider gave back in part or whole without us."""
    found = OutsideRefund.objects.filter(found_at__gte=since, booked__gt=0, payment__source__startswith="chain:")
    sources = found.order_by("-found_at").values_list("payment__source", flat=True)[:limit]
    chains = {source.partition(":")[2] for source in sources}
    live = Appointment.objects.exclude(status__in=Appointment.TERMINAL).filter(chain_id__in=chains, chain__held__gt=0)
    return list(live.filter(pending_move__isnull=True).values_list("pk", flat=True))


def _fees(chain_id: UUID) -> int:
    moves = AppointmentEvent.objects.filter(appointment__chain_id=chain_id, kind=EventKind.RESCHEDULED)
    return sum(int((quote or {}).get("fee", 0)) for quote in moves.values_list("quote", flat=True))
