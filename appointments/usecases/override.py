"""Ask for a deed against the rules that one person may not decide; approve it as a second one, decline it, take it back.

What is done is a cancellation or a move like any other: `record` closes the request with it (`overrides.closing`).
"""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from appointments.actor import Actor
from appointments.errors import NotPermittedError, OverrideChangedError, ReasonMissingError, WrongStatusError
from appointments.locks import LockedChain, lock_chain
from appointments.models import Appointment, EventKind, OverrideRequest, OverrideState, Slot, User
from appointments.overrides.closing import close_override
from appointments.overrides.people import same_person
from appointments.overrides.queries import waiting_override
from appointments.overrides.worth import Worth, worth_of_cancelling, worth_of_moving
from appointments.quoting import cancellation_request, reschedule_request
from appointments.reasons import TEXT_LIMIT, Reason, check_reason
from appointments.transactions import in_one_transaction
from appointments.usecases.cancel import carry_out_cancellation
from appointments.usecases.expire import free_run_out_hold
from appointments.usecases.reschedule import carry_out_move
from policies.rules.quote import CancellationQuote, RescheduleQuote

#: How long a second person has. Short, since the patient waits and the figures move.
LIFETIME = timedelta(hours=24)


@in_one_transaction
def ask_for_override(
    *,
    appointment_id: int,
    asked_by: User,
    now: datetime,
    reason: Reason,
    percent: Decimal | None = None,
    slot_id: int | None = None,
) -> OverrideRequest:
    """Put a cancellation at `percent`, or a move to the slot, before a second person; the appointment stays as it is.

    Asking again for the same returns what waits. Raises NotPermittedError without the right to it, NotAllowedError where not
    even an override does it, ReasonMissingError, ReasonUnknownError, or WrongStatusError while another override waits.
    """
    actor = Actor.staff(asked_by)
    _refuse_without_right(actor, percent=percent, slot_id=slot_id)
    locked = lock_chain(appointment_id=appointment_id, also_slots=[] if slot_id is None else [slot_id])
    appointment = locked.appointment
    if _is_about(appointment, asked_by):
        raise NotPermittedError
    earlier = waiting_override(appointment)
    if earlier and earlier.expires_at > now:
        if (earlier.percent, earlier.slot_id, earlier.asked_by_id) == (percent, slot_id, asked_by.pk):
            return earlier
        raise WrongStatusError("override")
    if earlier:
        close_override(earlier, OverrideState.EXPIRED, actor=Actor.system("override expiry"), now=now)
    slot = None if slot_id is None else locked.slots[slot_id]
    if slot and slot.doctor.centre_id != locked.chain.channel.centre_id:
        raise Slot.DoesNotExist
    worth = _worth(appointment, percent=percent, slot=slot, now=now)
    checked = check_reason(reason, actor=actor, required=True)
    if not checked.text:
        raise ReasonMissingError("text")
    return OverrideRequest.objects.create(
        appointment=appointment,
        percent=percent,
        slot=slot,
        reason_code=checked.code,
        reason_text=checked.text,
        by_rules=worth.by_rules,
        by_override=worth.by_override,
        asked_at=now,
        asked_by=asked_by,
        asked_label=actor.label,
        expires_at=min(now + LIFETIME, slot.starts_at) if slot else now + LIFETIME,
        patient_user=locked.chain.patient.user,
        doctor_user=appointment.slot.doctor.user,
    )


def approve_override(*, request_id: UUID, user: User, shown: str, now: datetime) -> OverrideRequest:
    """Do what was asked for, by the figures of now; `shown` are those that the second person saw (`Worth.figures`).

    A repetition by the same person returns what was done. Raises NotPermittedError to whoever may not decide this one,
    OverrideChangedError when the figures are others, WrongStatusError unless it waits, NotAllowedError where it cannot be
    done any more; nothing has changed then.
    """
    slot_id = OverrideRequest.objects.values_list("slot_id", flat=True).get(pk=request_id)
    if slot_id is not None:
        free_run_out_hold(slot_id=slot_id, now=now)
    return _approve(request_id=request_id, user=user, shown=shown, now=now)


@in_one_transaction
def decline_override(*, request_id: UUID, user: User, text: str, now: datetime) -> OverrideRequest:
    """Say no, in words. Raises ReasonMissingError without words, NotPermittedError or WrongStatusError."""
    words = text.replace("\x00", "").strip()[:TEXT_LIMIT]
    if not words:
        raise ReasonMissingError("text")
    request, _locked = _lock_request(request_id)
    refuse_to_decide(request, user=user)
    _require_waiting(request, now=now)
    return close_override(request, OverrideState.DECLINED, actor=Actor.staff(user), now=now, text=words)


@in_one_transaction
def withdraw_override(*, request_id: UUID, user: User, now: datetime) -> OverrideRequest:
    """Take it back. Raises NotPermittedError to anybody but who asked, WrongStatusError unless it waits."""
    request, _locked = _lock_request(request_id)
    if request.asked_by_id != user.pk:
        raise NotPermittedError
    _require_waiting(request, now=now)
    return close_override(request, OverrideState.WITHDRAWN, actor=Actor.staff(user), now=now)


@in_one_transaction
def expire_override(*, request_id: UUID, now: datetime) -> OverrideRequest:
    """End a request that nobody decided in time; one that was decided, or still has time, stays as it is."""
    request, _locked = _lock_request(request_id)
    if request.state != OverrideState.WAITING or request.expires_at > now:
        return request
    return close_override(request, OverrideState.EXPIRED, actor=Actor.system("override expiry"), now=now)


def refuse_to_decide(request: OverrideRequest, *, user: User) -> None:
    """Raise NotPermittedError to whoever asked, also by another account, whom it is about, or has no right to it."""
    is_own = request.asked_by_id == user.pk or same_person(user, request.asked_by)
    if is_own or _is_about(request.appointment, user) or not user.has_perm("appointments.approve_override"):
        raise NotPermittedError


def worth_now(request: OverrideRequest, *, now: datetime) -> Worth:
    """Return what a waiting override is worth by the figures of now. Raises NotAllowedError where it cannot be done."""
    return _worth(request.appointment, percent=request.percent, slot=request.slot, now=now)


@in_one_transaction
def _approve(*, request_id: UUID, user: User, shown: str, now: datetime) -> OverrideRequest:
    request, locked = _lock_request(request_id)
    if request.state == OverrideState.APPROVED and request.decided_by_id == user.pk:
        return request
    refuse_to_decide(request, user=user)
    _require_waiting(request, now=now)
    if not _still_may_ask(request):
        raise NotPermittedError
    worth = worth_now(request, now=now)
    if worth.figures != shown:
        raise OverrideChangedError
    actor = Actor.second_person(user, approves=request.pk, asked_by=request.asked_by)
    reason = Reason(request.reason_code, request.reason_text)
    if isinstance(worth.quote, CancellationQuote):
        carry_out_cancellation(locked, actor=actor, now=now, reason=reason, quote=worth.quote, for_hospital=False)
    else:
        _move(locked, request, actor=actor, now=now, reason=reason, quote=worth.quote)
    request.refresh_from_db()
    return request


def _move(
    locked: LockedChain,
    request: OverrideRequest,
    *,
    actor: Actor,
    now: datetime,
    reason: Reason,
    quote: RescheduleQuote,
) -> None:
    """Move, or hold the new time until what is due is paid; then the deed named is the hold."""
    assert request.slot_id is not None
    slot = locked.slots[request.slot_id]
    draft = carry_out_move(locked, slot, actor=actor, now=now, reason=reason, quote=quote, for_hospital=False)
    if draft.holds_a_move:
        held = draft.events.get(kind=EventKind.HELD)
        close_override(request, OverrideState.APPROVED, actor=actor, now=now, event=held)


def _lock_request(request_id: UUID) -> tuple[OverrideRequest, LockedChain]:
    """Return a request with its chain under lock, as every deed about it takes that lock first; who it is about, as of now."""
    before = OverrideRequest.objects.get(pk=request_id)
    slot_id = before.slot_id
    locked = lock_chain(appointment_id=before.appointment_id, also_slots=[] if slot_id is None else [slot_id])
    request = OverrideRequest.objects.select_related("asked_by").get(pk=request_id)
    request.appointment = locked.appointment
    if slot_id is not None:
        request.slot = locked.slots[slot_id]
    request.patient_user = locked.chain.patient.user
    request.doctor_user = locked.appointment.slot.doctor.user
    return request, locked


def _refuse_without_right(actor: Actor, *, percent: Decimal | None, slot_id: int | None) -> None:
    if slot_id is None:
        cancellation_request(actor=actor, for_hospital=False, override_percent=percent)
    else:
        reschedule_request(actor=actor, for_hospital=False, override=True)


def _worth(appointment: Appointment, *, percent: Decimal | None, slot: Slot | None, now: datetime) -> Worth:
    if slot is not None:
        return worth_of_moving(appointment, slot=slot, now=now)
    assert percent is not None
    return worth_of_cancelling(appointment, percent=percent, now=now)


def _require_waiting(request: OverrideRequest, *, now: datetime) -> None:
    if request.state != OverrideState.WAITING or request.expires_at <= now:
        raise WrongStatusError("override")


def _still_may_ask(request: OverrideRequest) -> bool:
    """Tell whether who asked still has the right to what was asked for."""
    right = "override_percentage" if request.slot_id is None else "override_reschedule_rules"
    return request.asked_by.has_perm(f"appointments.{right}")


def _is_about(appointment: Appointment, user: User) -> bool:
    """Tell whether an account is the patient's or the doctor's, or shares the patient's e-mail address or phone number."""
    patient, doctor = appointment.chain.patient, appointment.slot.doctor
    return user.pk in {patient.user_id, doctor.user_id} or same_person(user, patient)
