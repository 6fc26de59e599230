"""What a partner may see: the bookings of its own channels, and what hangs on them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from appointments.chain_source import ChainSource
from appointments.models import (
    ApiKey,
    Appointment,
    AppointmentEvent,
    Centre,
    Certificate,
    Channel,
    Partner,
    PartnerPatient,
)
from appointments.partners.callers import Caller
from appointments.queries import with_everything
from refunds import queries as refund_queries
from refunds.models import Refund, RefundEvent

_BOOKED = (Appointment.Status.CONFIRMED, Appointment.Status.PENDING_APPROVAL)


def appointments_of_partner(caller: Caller) -> QuerySet[Appointment]:
    """Return every appointment of the caller's channels, cancelled ones too, with what the API tells of it.

    `patient_name_there` is the partner's own reference of the patient (None for who booked elsewhere).
    """
    own_name = PartnerPatient.objects.filter(partner_id=caller.partner_id, patient=OuterRef("chain__patient"))
    own = with_everything(Appointment.objects.filter(chain__channel_id__in=caller.channel_ids))
    return with_what_is_told(own).annotate(patient_name_there=Subquery(own_name.order_by("pk").values("reference")[:1]))


def with_what_is_told(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Add what the API tells of each appointment beside its own fields.

    `updated_at` is the moment of the last event, of the booking or of a refund of its chain, `moved_to` the reference of the
    one that replaced a moved one, `certificate_number` that of a cancelled one.
    """
    was_booked = AppointmentEvent.objects.filter(appointment=OuterRef("pk"), to_status__in=_BOOKED)
    successor = Appointment.objects.filter(Exists(was_booked), replaces=OuterRef("pk")).values("reference")
    certificate = Certificate.objects.filter(event__appointment=OuterRef("pk")).values("number")
    last_event = Subquery(
        AppointmentEvent.objects.filter(appointment=OuterRef("pk")).order_by("-sequence").values("at")[:1]
    )
    last_refund = Subquery(_refund_events_of_chain().order_by("-at").values("at")[:1])
    return appointments.annotate(
        updated_at=Greatest(last_event, Coalesce(last_refund, last_event)),
        moved_to=Subquery(successor[:1]),
        certificate_number=Subquery(certificate[:1]),
    )


def updated_since(appointments: QuerySet[Appointment], *, since: datetime) -> QuerySet[Appointment]:
    """Narrow to those to which something happened at or after a moment, or to a refund of their chain."""
    happened = AppointmentEvent.objects.filter(appointment=OuterRef("pk"), at__gte=since)
    return appointments.filter(Exists(happened) | Exists(_refund_events_of_chain().filter(at__gte=since)))


def _refund_events_of_chain() -> QuerySet[RefundEvent]:
    return RefundEvent.objects.filter(refund__payment__source=ChainSource(OuterRef("chain_id")))


def refunds_of_bookings(appointments: Iterable[Appointment]) -> dict[str, list[Refund]]:
    """Return the refunds of many bookings' chains by the chain's source, oldest first. One query."""
    found: dict[str, list[Refund]] = {appointment.chain.source: [] for appointment in appointments}
    rows = Refund.objects.filter(payment__source__in=found).select_related("payment").order_by("granted_at", "pk")
    for refund in rows if found else ():
        found[refund.payment.source].append(refund)
    return found


def channel_of_partner(caller: Caller, *, channel_id: int) -> Channel | None:
    """Return a channel of the caller, or None."""
    if channel_id not in caller.channel_ids:
        return None
    return Channel.objects.select_related("centre__policy", "policy").filter(pk=channel_id).first()


def refund_of_partner(caller: Caller, *, refund_id: UUID) -> tuple[Refund, Appointment] | None:
    """Return a refund of a booking of the caller, with the newest appointment of its chain, or None."""
    refund = Refund.objects.select_related("payment").filter(pk=refund_id).first()
    chain = refund.payment.source.partition(":")[2] if refund else ""
    if refund is None or not chain:
        return None
    appointments = appointments_of_partner(caller).filter(chain_id=chain, pending_move__isnull=True)
    appointment = appointments.order_by("-created_at", "-pk").first()
    return (refund, appointment) if appointment else None


def refunds_of_event(event: AppointmentEvent) -> list[Refund]:
    """Return the refunds that a cancellation or a move caused."""
    deed = "cancel" if event.to_status == Appointment.Status.CANCELLED else "move"
    return list(refund_queries.refunds_for(cause=f"{deed}:{event.pk}"))


def active_partner_of_client(client_id: str) -> Partner | None:
    """Return the active partner whose OAuth client this is, or None."""
    return Partner.objects.filter(oauth_client_id=client_id, is_active=True).first()


def channels_of_client(client_id: str) -> list[int]:
    """Return the pks of the channels of the partner whose OAuth client this is; none for no active partner."""
    partner = active_partner_of_client(client_id)
    return sorted(partner.channels.values_list("pk", flat=True)) if partner else []


def channels_of_centres(centres: QuerySet[Centre]) -> QuerySet[Channel]:
    """Return the channels of these centres, centre and partners loaded along."""
    return Channel.objects.filter(centre__in=centres).select_related("centre").prefetch_related("partners")


def key_of_partner(partner: Partner, *, key_id: int) -> ApiKey | None:
    """Return a key of this partner, or None."""
    return partner.keys.filter(pk=key_id).first()
