"""The only place that moves an appointment: state, event and outbox in one go, inside the caller's transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django_fsm import TransitionNotAllowed

from appointments.actor import Actor
from appointments.calendars.sequence import number_change
from appointments.carers import right_stands
from appointments.errors import CarerRightEndedError, WrongStatusError
from appointments.facts import open_case
from appointments.late.closing import close_by_deed
from appointments.models import (
    Appointment,
    AppointmentEvent,
    CaseState,
    Chain,
    EventKind,
    LeaveAlternative,
    MessageKind,
    Slot,
)
from appointments.overrides.closing import close_overrides_by_deed
from appointments.reasons import DOCTOR_AWAY, Reason
from appointments.references import new_reference
from appointments.telling import tell_everybody
from appointments.waiting.closing import follow_step
from appointments.webhooks_out.news import note_booking
from policies.rules.facts import RESCHEDULABLE, ActorKind
from policies.rules.quote import CancellationQuote, RescheduleQuote
from policies.rules.records import to_record

_TRANSITIONS: dict[EventKind, Callable[[Appointment], None]] = {
    EventKind.SUBMITTED: Appointment.submit,
    EventKind.CONFIRMED: Appointment.confirm,
    EventKind.CANCELLED: Appointment.cancel,
    EventKind.RESCHEDULED: Appointment.supersede,
    EventKind.CHECKED_IN: Appointment.check_in,
    EventKind.COMPLETED: Appointment.complete,
    EventKind.NO_SHOW: Appointment.mark_no_show,
}


def open_draft(
    *,
    chain: Chain,
    slot: Slot,
    hold_expires_at: datetime,
    actor: Actor,
    now: datetime,
    replaces: Appointment | None = None,
    quote: RescheduleQuote | None = None,
    pending_move: dict[str, Any] | None = None,
) -> Appointment:
    """Hold a slot with a new draft, and write down who did. The database refuses a second one in the slot."""
    draft = Appointment(
        reference=_unused_reference(),
        chain=chain,
        slot=slot,
        replaces=replaces,
        hold_expires_at=hold_expires_at,
        pending_move=pending_move,
        created_at=now,
    )
    draft.save(force_insert=True)
    _write_event(draft, EventKind.HELD, from_status="", actor=actor, now=now, quote=quote)
    return draft


def move(
    *,
    appointment: Appointment,
    kind: EventKind,
    actor: Actor,
    now: datetime,
    reason: Reason | None = None,
    quote: CancellationQuote | RescheduleQuote | None = None,
    for_hospital: bool = False,
    tell: MessageKind | None = None,
) -> AppointmentEvent:
    """Move a locked appointment, write the event, what partners are told and, if `tell` says so, the message to the patient and their carers.

    Fields that were changed along with the status are saved with it. Raises WrongStatusError if the status does not
    allow the step.
    """
    from_status = appointment.status
    try:
        _TRANSITIONS[kind](appointment)
    except TransitionNotAllowed as error:
        raise WrongStatusError(f"{kind} from {from_status}") from error
    appointment.version += 1
    appointment.save(
        update_fields=["status", "version", "hold_expires_at", "approval_due_at", "pending_move"], force_update=True
    )
    event = _write_event(
        appointment,
        kind,
        from_status=from_status,
        actor=actor,
        now=now,
        reason=reason,
        quote=quote,
        for_hospital=for_hospital,
        calendar_sequence=number_change(appointment=appointment, kind=kind, from_status=from_status),
    )
    if tell:
        tell_everybody(event=event, kind=tell, now=now)
    note_booking(event=event, appointment=appointment)
    if kind not in (EventKind.SUBMITTED, EventKind.CONFIRMED):
        _end_leave_case(event)
    ended = follow_step(event=event)
    if ended:
        tell_everybody(event=event, kind=ended, now=now)
    if appointment.status not in RESCHEDULABLE:
        close_overrides_by_deed(event=event, actor=actor, now=now)
        agreed = close_by_deed(event=event, actor=actor, now=now)
        if agreed:
            tell_everybody(event=event, kind=MessageKind.LATE_DECIDED, now=now, once=str(agreed.pk))
    return event


def wait_for_answer(*, appointment: Appointment, until: datetime) -> None:
    """Put an approval off until the patient of an absent doctor has had the time to answer; others wait for nothing."""
    if appointment.status == Appointment.Status.PENDING_APPROVAL:
        appointment.approval_due_at = max(appointment.approval_due_at or until, until)
        appointment.version += 1
        appointment.save(update_fields=["approval_due_at", "version"])


def note_doctor_away(*, appointment: Appointment, actor: Actor, now: datetime) -> AppointmentEvent:
    """Write down that the doctor is away and the patient is asked what to do instead, and the message that asks."""
    event = _write_event(
        appointment, EventKind.DOCTOR_AWAY, from_status=appointment.status, actor=actor, now=now, for_hospital=True
    )
    tell_everybody(event=event, kind=MessageKind.DOCTOR_AWAY, now=now)
    return event


def note_links_revoked(*, appointment: Appointment, actor: Actor, reason: Reason, now: datetime) -> AppointmentEvent:
    """Write down that the links to a locked appointment's booking were taken back, and why."""
    return _write_event(
        appointment,
        EventKind.LINKS_REVOKED,
        from_status=appointment.status,
        actor=actor,
        now=now,
        reason=reason,
        for_hospital=True,
    )


def hold_longer(*, appointment: Appointment, until: datetime, actor: Actor, now: datetime) -> None:
    """Hold a locked draft until later, and write down who asked; the database refuses to do so twice."""
    appointment.hold_expires_at = until
    appointment.version += 1
    appointment.save(update_fields=["hold_expires_at", "version"])
    _write_event(appointment, EventKind.EXTENDED, from_status=appointment.status, actor=actor, now=now)


def take_offer(*, appointment: Appointment, until: datetime, actor: Actor, now: datetime) -> None:
    """Write down that the patient took the time that a locked draft holds for them, and hold it until it is paid."""
    appointment.hold_expires_at = until
    appointment.version += 1
    appointment.save(update_fields=["hold_expires_at", "version"])
    _write_event(appointment, EventKind.OFFER_TAKEN, from_status=appointment.status, actor=actor, now=now)


def note_payment(*, appointment: Appointment, payment: UUID, actor: Actor, now: datetime) -> AppointmentEvent:
    """Write down that a payment was taken note of; the database refuses to do so twice."""
    status = appointment.status
    return _write_event(appointment, EventKind.PAID, from_status=status, actor=actor, now=now, payment=payment)


def refuse_ended_right(*, actor: Actor, now: datetime) -> None:
    """Let a carer act only while their right stands. Raises CarerRightEndedError."""
    if actor.carer_relation_id and not right_stands(actor.carer_relation_id, now=now):
        raise CarerRightEndedError


def _end_leave_case(event: AppointmentEvent) -> None:
    """End the open case of an appointment that has gone another way, and let go of the times held for it."""
    case = open_case(event.appointment)
    if case is None:
        return
    case.state, case.ended_at = _how_it_ended(event, case.state), event.at
    case.save(update_fields=["state", "ended_at"])
    LeaveAlternative.objects.filter(case=case, is_held=True).update(is_held=False)


def _how_it_ended(event: AppointmentEvent, before: str) -> CaseState:
    if event.kind == EventKind.RESCHEDULED:
        return CaseState.MOVED
    if event.kind != EventKind.CANCELLED:
        return CaseState.LEFT
    if event.actor_kind != ActorKind.SYSTEM:
        return CaseState.DECLINED
    if event.reason_code != DOCTOR_AWAY:
        return CaseState.LEFT
    return CaseState.LAPSED if before == CaseState.OFFERED else CaseState.CALLED_OFF


def _unused_reference() -> str:
    reference = new_reference()
    while Appointment.objects.filter(reference=reference).exists():
        reference = new_reference()
    return reference


def _write_event(
    appointment: Appointment,
    kind: EventKind,
    *,
    from_status: str,
    actor: Actor,
    now: datetime,
    reason: Reason | None = None,
    quote: CancellationQuote | RescheduleQuote | None = None,
    for_hospital: bool = False,
    payment: UUID | None = None,
    calendar_sequence: int | None = None,
) -> AppointmentEvent:
    refuse_ended_right(actor=actor, now=now)
    given = reason or Reason()
    last = AppointmentEvent.objects.filter(appointment=appointment).aggregate(last=Max("sequence"))["last"] or 0
    return AppointmentEvent.objects.create(
        appointment=appointment,
        sequence=last + 1,
        kind=kind,
        from_status=from_status,
        to_status=appointment.status,
        at=now,
        actor_kind=actor.kind,
        actor_label=actor.label,
        actor_user_id=actor.user_id,
        actor_partner_id=actor.partner_id,
        for_hospital=for_hospital,
        reason_code=given.code,
        reason_text=given.text,
        quote=to_record(quote) if quote else None,
        payment=payment,
        calendar_sequence=calendar_sequence,
    )
