"""Writing down what there is to tell, in the transaction of what happened: neither is ever without the other."""

from appointments.models import (
    Appointment,
    AppointmentEvent,
    EventKind,
    Slot,
    WebhookEndpoint,
    WebhookKind,
    WebhookMessage,
)
from appointments.webhooks_out.bodies import appointment_body
from refunds.nudges import nudge

DELIVER = "appointments.deliver_webhooks"

_KINDS = {
    EventKind.CONFIRMED: WebhookKind.CONFIRMED,
    EventKind.CANCELLED: WebhookKind.CANCELLED,
    EventKind.RESCHEDULED: WebhookKind.RESCHEDULED,
}


def note_booking(*, event: AppointmentEvent, appointment: Appointment) -> None:
    """Write what to tell about a booking, if a partner of its channel listens. A hold that ended is no news."""
    kind = _KINDS.get(EventKind(event.kind))
    if kind is None or (kind is WebhookKind.CANCELLED and event.from_status == Appointment.Status.DRAFT):
        return
    channel_id = appointment.chain.channel_id
    if not WebhookEndpoint.objects.filter(partner__channels=channel_id).exists():
        return
    moved_to = _successor_of(appointment) if kind is WebhookKind.RESCHEDULED else None
    WebhookMessage.objects.create(
        key=f"appointment:{event.pk}",
        kind=kind,
        subject=appointment.reference,
        channel_id=channel_id,
        body=appointment_body(event, appointment, kind=kind, moved_to=moved_to),
        at=event.at,
        due_at=event.at,
    )
    nudge(DELIVER)


def note_release(*, slot: Slot, event: AppointmentEvent) -> None:
    """Write that a slot can be had again from its `bookable_from` on, if a partner of its centre listens.

    `event` freed it. Whether it is still free is looked at when the time comes.
    """
    if slot.is_withdrawn or slot.bookable_from is None or slot.bookable_from >= slot.starts_at:
        return
    centre_id = slot.doctor.centre_id
    if not WebhookEndpoint.objects.filter(partner__channels__centre=centre_id).exists():
        return
    WebhookMessage.objects.create(
        key=f"slot:{event.pk}",
        kind=WebhookKind.SLOT_RELEASED,
        subject=str(slot.pk),
        centre_id=centre_id,
        slot=slot,
        at=slot.bookable_from,
        due_at=slot.bookable_from,
    )


def _successor_of(moved: Appointment) -> str | None:
    """Return the reference of the one that takes its place: the draft that becomes a booking in the same transaction."""
    replacements = moved.replacements.exclude(status=Appointment.Status.CANCELLED)
    return replacements.values_list("reference", flat=True).first()
