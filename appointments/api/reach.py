"""What each kind of caller reaches: a partner its channels, an account what it sees on its pages."""

from uuid import UUID

from django.db.models import CharField, QuerySet, Value

from appointments import queries, visitors
from appointments.models import Appointment, Channel
from appointments.partners import queries as partner_queries
from appointments.partners.callers import Caller
from appointments.patient_apps.callers import AppCaller
from refunds.models import Refund

AnyCaller = Caller | AppCaller


def appointments_of(caller: AnyCaller, *, to_act: bool = False) -> QuerySet[Appointment]:
    """Return the bookings the caller may see or, with `to_act`, cancel and move, with what the API tells of them."""
    if isinstance(caller, Caller):
        return partner_queries.appointments_of_partner(caller)
    own = visitors.appointments_of(caller.visitor, to_act=to_act)
    no_name = Value(None, output_field=CharField(null=True))
    return partner_queries.with_what_is_told(own).annotate(patient_name_there=no_name)


def appointment_of(caller: AnyCaller, *, reference: str, to_act: bool = False) -> Appointment | None:
    """Return the caller's booking with this reference, as it is stored, or None."""
    return appointments_of(caller, to_act=to_act).filter(reference=reference).first()


def channel_of(caller: AnyCaller, *, channel_id: int) -> Channel | None:
    """Return a channel of the caller or, for an account, of a booking it may see; None for any other."""
    if isinstance(caller, Caller):
        return partner_queries.channel_of_partner(caller, channel_id=channel_id)
    return queries.channel_of_appointments(visitors.appointments_of(caller.visitor), channel_id=channel_id)


def refund_of(caller: AnyCaller, *, refund_id: UUID) -> tuple[Refund, Appointment] | None:
    """Return a refund of a booking of the caller, with the newest appointment of its chain, or None."""
    if isinstance(caller, Caller):
        return partner_queries.refund_of_partner(caller, refund_id=refund_id)
    return visitors.refund_of(caller.visitor, refund_id=refund_id)
