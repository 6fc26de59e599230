"""What patients say about how to be paid, tied to their appointments. Read-only."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from appointments.models import Appointment, AppointmentEvent, MessageKind, OutboxMessage
from appointments.queries import with_everything
from refunds import queries as refund_queries
from refunds.bank import queries as bank_queries
from refunds.bank.payees import ways_to_choose
from refunds.models import Refund

#: Stands in a mail for the token of its link, which is made when the mail is sent and kept nowhere.
TOKEN_PLACE = "sent-to-the-patient-alone"  # noqa: S105 (it stands for the token)


# The day of a promise is over wherever the centre is.
_EVERYWHERE_OVER = timedelta(hours=12)


def appointment_of(refund: Refund) -> Appointment | None:
    """Return the newest appointment of the chain whose money a refund gives back, or None."""
    kind, _, chain = refund.payment.source.partition(":")
    if kind != "chain" or not chain:
        return None
    appointments = with_everything(Appointment.objects.filter(chain_id=chain, pending_move__isnull=True))
    return appointments.order_by("-created_at", "-pk").first()


def event_of(refund: Refund) -> AppointmentEvent | None:
    """Return the event a message about this refund hangs on: the deed that caused it, else the newest of its appointment."""
    kind, _, key = refund.cause.partition(":")
    if kind in {"cancel", "move"}:
        return AppointmentEvent.objects.filter(pk=UUID(key)).first()
    appointment = appointment_of(refund)
    return appointment.events.order_by("-sequence").first() if appointment else None


def can_choose(refund: Refund) -> bool:
    """Tell whether the patient can say now how to be paid."""
    return bool(ways_to_choose(refund=refund))


def late_refunds(*, now: datetime, limit: int) -> QuerySet[Refund]:
    """Return refunds that are not back by the day that was promised, and whose patient was not told of that."""
    told = OutboxMessage.objects.filter(refund=OuterRef("pk"), kind=MessageKind.REFUND_LATE)
    return refund_queries.late(today=(now - _EVERYWHERE_OVER).date()).filter(~Exists(told))[:limit]


def refunds_to_ask_about(*, since: datetime, limit: int) -> QuerySet[Refund]:
    """Return refunds by bank transfer whose patient has not been asked where to, oldest first."""
    asked = OutboxMessage.objects.filter(refund=OuterRef("pk"), kind=MessageKind.PAYOUT_ASKED)
    told = OutboxMessage.objects.filter(refund=OuterRef("pk"), kind=MessageKind.REFUND_FAILED)
    waiting = bank_queries.waiting_for_details().filter(~Exists(asked), ~Exists(told), granted_at__gte=since)
    return waiting[:limit]
