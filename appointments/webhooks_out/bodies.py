"""What a webhook says: ids, references, statuses and times. Nothing about the patient, and no money."""

import json
from datetime import datetime
from typing import Any

from appointments.models import Appointment, AppointmentEvent, Slot, WebhookKind
from policies.cases.values import write_instant
from refunds.models import RefundEvent, RefundStatus


def appointment_body(
    event: AppointmentEvent, appointment: Appointment, *, kind: WebhookKind, moved_to: str | None
) -> str:
    """Return the body about a booking. `sequence` grows with everything that happens to it: the highest is the newest."""
    slot, replaced = appointment.slot, appointment.replaces
    data = {
        "reference": appointment.reference,
        "sequence": event.sequence,
        "status": str(event.to_status),
        "channel": appointment.chain.channel_id,
        "slot": slot.pk,
        "starts_at": write_instant(slot.starts_at),
        "ends_at": write_instant(slot.ends_at),
        "confirmation": str(event.pk),
        "replaces": replaced.reference if replaced else None,
        "moved_to": moved_to,
    }
    return _body(kind, event.at, data)


def refund_body(event: RefundEvent, *, reference: str) -> str:
    """Return the body about a step of a refund. `sequence` is the number of the step."""
    settled = event.at if event.to_status == RefundStatus.COMPLETED else None
    data = {
        "id": str(event.refund_id),
        "appointment": reference,
        "sequence": event.sequence,
        "status": str(event.to_status),
        "granted_at": write_instant(event.refund.granted_at),
        "settled_at": write_instant(settled) if settled else None,
    }
    return _body(WebhookKind.REFUND_UPDATED, event.at, data)


def slot_body(slot: Slot, *, at: datetime) -> str:
    """Return the body about a slot that can be booked again since `at`."""
    data = {
        "slot": slot.pk,
        "centre": slot.doctor.centre.slug,
        "doctor": slot.doctor_id,
        "starts_at": write_instant(slot.starts_at),
        "ends_at": write_instant(slot.ends_at),
        "bookable_from": write_instant(at),
    }
    return _body(WebhookKind.SLOT_RELEASED, at, data)


def _body(kind: WebhookKind, at: datetime, data: dict[str, Any]) -> str:
    return json.dumps({"type": str(kind), "timestamp": write_instant(at), "data": data}, separators=(",", ":"))
