"""How a request for an exception ends: by a person's word, or by what is done to its appointment."""

from datetime import datetime
from decimal import Decimal

from appointments.actor import Actor
from appointments.models import AppointmentEvent, EventKind, LateRequest, LateState
from policies.rules.facts import ActorKind
from policies.rules.quote import CancellationRule


def close_late_request(
    waiting: LateRequest,
    state: LateState,
    *,
    actor: Actor,
    now: datetime,
    text: str = "",
    percent: Decimal | None = None,
    event: AppointmentEvent | None = None,
) -> LateRequest:
    """Write down how a waiting request ended; its appointment's chain is under lock."""
    waiting.state, waiting.decided_at, waiting.decided_by = state, now, actor.label
    waiting.decision_text, waiting.percent, waiting.event = text, percent, event
    waiting.save(update_fields=["state", "decided_at", "decided_by", "decision_text", "percent", "event"])
    return waiting


def close_by_deed(*, event: AppointmentEvent, actor: Actor, now: datetime) -> LateRequest | None:
    """Close the request that waits as this deed means it: agreed to, or no longer needed. Returns one agreed to, to be told."""
    waiting = LateRequest.objects.filter(appointment=event.appointment_id, state=LateState.WAITING).first()
    if waiting is None:
        return None
    agreed = _agreement(event)
    if agreed is None:
        close_late_request(waiting, LateState.LAPSED, actor=actor, now=now)
        return None
    percent = Decimal(event.quote["percent"]) if event.quote and agreed == LateState.APPROVED else None
    return close_late_request(
        waiting, agreed, actor=actor, now=now, text=event.reason_text, percent=percent, event=event
    )


def _agreement(event: AppointmentEvent) -> LateState | None:
    """Return what a deed grants: another percentage, or a move that is not the patient's own; None for any other deed.

    Staff move, or the system once what is due for their move is paid.
    """
    if event.kind == EventKind.CANCELLED and event.quote and event.quote["rule"] == CancellationRule.OVERRIDE:
        return LateState.APPROVED
    by_staff = event.actor_kind != ActorKind.PATIENT and not event.for_hospital
    return LateState.CHANGED if event.kind == EventKind.RESCHEDULED and by_staff else None
