"""How a request for an override ends: by a second person's word, or by what is done to its appointment."""

from datetime import datetime

from appointments.actor import Actor
from appointments.models import AppointmentEvent, OverrideRequest, OverrideState


def close_override(
    waiting: OverrideRequest,
    state: OverrideState,
    *,
    actor: Actor,
    now: datetime,
    text: str = "",
    event: AppointmentEvent | None = None,
) -> OverrideRequest:
    """Write down how a waiting override ended; its appointment's chain is under lock."""
    waiting.state, waiting.decided_at, waiting.decided_label = state, now, actor.label
    waiting.decided_by_id, waiting.decision_text, waiting.event = actor.user_id, text, event
    fields = ["state", "decided_at", "decided_label", "decided_by", "decision_text", "event"]
    waiting.save(update_fields=[*fields, "patient_user", "doctor_user"])
    return waiting


def close_overrides_by_deed(*, event: AppointmentEvent, actor: Actor, now: datetime) -> None:
    """Close the override that waits about an appointment: done with this deed, or no longer needed."""
    waiting = OverrideRequest.objects.filter(appointment=event.appointment_id, state=OverrideState.WAITING).first()
    if waiting is None:
        return
    if actor.approves == waiting.pk:
        close_override(waiting, OverrideState.APPROVED, actor=actor, now=now, event=event)
    else:
        close_override(waiting, OverrideState.LAPSED, actor=actor, now=now)
