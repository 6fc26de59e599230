"""Ask the clinic for an exception after the deadline, take that back, or decline it.

It is agreed to by the deeds themselves: staff cancel at another percentage, or move against the rules, and `record` closes
the request that waits with them (`late.closing`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from appointments import queries
from appointments.actor import Actor
from appointments.errors import NotPermittedError, ReasonMissingError, WrongStatusError
from appointments.facts import booking_facts
from appointments.late import storage
from appointments.late.closing import close_late_request
from appointments.late.queries import newest_request, rules_offered
from appointments.late.uploads import Upload
from appointments.locks import LockedChain, lock_chain
from appointments.models import Appointment, LateDocument, LateRequest, LateRule, LateState, LateWish, MessageKind
from appointments.quoting import booking_seen_by, cancellation_request, offer_cancellation
from appointments.reasons import TEXT_LIMIT, Reason
from appointments.telling import tell_everybody
from appointments.transactions import in_one_transaction
from appointments.usecases.cancel import carry_out_cancellation
from policies.queries import terms_of
from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, RescheduleRequest
from policies.rules.quote import Refusal
from policies.rules.rescheduling import refusal_to_move

#: What the clinic may set aside on request. A channel's own entrance, or a visit that took place, it may not.
MAY_BE_ASKED_ABOUT = frozenset({Refusal.WINDOW_CLOSED, Refusal.APPOINTMENT_STARTED})
_MOST_REQUESTS = 3


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as it came in; the file is stored already, under `stored_as`."""

    appointment_id: int
    wish: LateWish
    text: str
    rule_id: int | None
    upload: Upload | None
    stored_as: str
    fingerprint: str


def possible_wishes(appointment: Appointment, *, actor: Actor, now: datetime) -> tuple[LateWish, ...]:
    """Return what can be asked for now: everything where it is too late to cancel online, a change where it is too late to move.

    Nothing where neither is so, or it was asked too often.
    """
    if appointment.late_requests.count() >= _MOST_REQUESTS:
        return ()
    request = cancellation_request(actor=actor, for_hospital=False, override_percent=None)
    quote = offer_cancellation(appointment=appointment, actor=actor, request=request, now=now).quote
    if quote.refusal in MAY_BE_ASKED_ABOUT:
        return tuple(LateWish)
    rules, booking = terms_of(appointment.chain.terms).reschedule, booking_seen_by(appointment, actor=actor)
    refusal = refusal_to_move(rules, booking, RescheduleRequest(actor.kind), now)
    return (LateWish.CHANGE,) if refusal in MAY_BE_ASKED_ABOUT else ()


def ask_for_exception(
    *,
    appointment_id: int,
    wish: LateWish,
    text: str,
    actor: Actor,
    now: datetime,
    rule_id: int | None = None,
    upload: Upload | None = None,
) -> LateRequest:
    """Put a request before the clinic; where a standing rule approves it by itself, do so at once.

    While one waits, it is returned and nothing is added. Raises WrongStatusError where there is nothing to ask for (any more),
    ReasonMissingError for no text or a document that the rule wants, LateRule.DoesNotExist for a rule not offered.
    """
    name, fingerprint = storage.store(upload.content) if upload else ("", "")
    asked = _Asked(appointment_id, wish, text, rule_id, upload, name, fingerprint)
    try:
        return _ask(asked, actor=actor, now=now)
    finally:
        # What is refused, or repeated, leaves no file behind.
        if name and not LateDocument.objects.filter(stored_as=name).exists():
            storage.discard(name)


@in_one_transaction
def withdraw_request(*, request_id: UUID, actor: Actor, now: datetime) -> LateRequest:
    """Take a request back. Raises WrongStatusError unless it waits."""
    waiting = _lock_waiting(request_id)
    return close_late_request(waiting, LateState.WITHDRAWN, actor=actor, now=now)


@in_one_transaction
def decline_request(*, request_id: UUID, text: str, actor: Actor, now: datetime) -> LateRequest:
    """Say no, in words, and tell the patient and their carers.

    Raises ReasonMissingError without words, NotPermittedError to whoever the request is about, WrongStatusError unless it waits.
    """
    words = _tidy(text)
    waiting = _lock_waiting(request_id)
    if actor.kind is not ActorKind.STAFF or actor.user_id == waiting.appointment.chain.patient.user_id:
        raise NotPermittedError
    declined = close_late_request(waiting, LateState.DECLINED, actor=actor, now=now, text=words)
    tell_everybody(
        event=waiting.appointment.events.latest("sequence"),
        kind=MessageKind.LATE_DECIDED,
        now=now,
        once=str(waiting.pk),
    )
    return declined


@in_one_transaction
def _ask(asked: _Asked, *, actor: Actor, now: datetime) -> LateRequest:
    locked = lock_chain(appointment_id=asked.appointment_id)
    appointment = locked.appointment
    earlier = newest_request(appointment)
    if earlier and earlier.state == LateState.WAITING:
        return earlier
    if asked.wish not in possible_wishes(appointment, actor=actor, now=now):
        raise WrongStatusError("late request")
    rule = None if asked.rule_id is None else rules_offered(appointment.centre.pk).get(pk=asked.rule_id)
    if rule and rule.needs_document and asked.upload is None:
        raise ReasonMissingError("document")
    made = LateRequest.objects.create(
        appointment=appointment,
        wish=asked.wish,
        rule=rule,
        text=_tidy(asked.text),
        made_at=now,
        made_by=actor.label,
        due_at=now + timedelta(hours=appointment.centre.late_request_hours),
    )
    if asked.upload:
        LateDocument.objects.create(
            request=made,
            stored_as=asked.stored_as,
            kind=asked.upload.kind,
            size=len(asked.upload.content),
            sha256=asked.fingerprint,
            uploaded_at=now,
        )
    if rule and _decides(rule, asked.wish):
        _approve_by_rule(locked, rule, now=now)
        made.refresh_from_db()
    return made


def _decides(rule: LateRule, wish: LateWish) -> bool:
    return rule.decides_by_itself and rule.percent is not None and wish != LateWish.CHANGE


def _approve_by_rule(locked: LockedChain, rule: LateRule, *, now: datetime) -> None:
    """Cancel as staff would, at the percentage of the rule; its words are the reason."""
    actor = Actor.standing_rule(rule.pk)
    request = cancellation_request(actor=actor, for_hospital=False, override_percent=rule.percent)
    quote = quote_cancellation(terms_of(locked.chain.terms), booking_facts(locked.appointment), request, now)
    carry_out_cancellation(locked, actor=actor, now=now, reason=Reason("", rule.label), quote=quote, for_hospital=False)


def _lock_waiting(request_id: UUID) -> LateRequest:
    """Return a waiting request with its chain under lock, as every deed about it takes that lock first."""
    appointment_id = LateRequest.objects.values_list("appointment_id", flat=True).get(pk=request_id)
    lock_chain(appointment_id=appointment_id)
    waiting = LateRequest.objects.filter(pk=request_id, state=LateState.WAITING).first()
    if waiting is None:
        raise WrongStatusError("late request")
    waiting.appointment = queries.with_everything(Appointment.objects.all()).get(pk=appointment_id)
    return waiting


def _tidy(text: str) -> str:
    words = text.replace("\x00", "").strip()[:TEXT_LIMIT]
    if not words:
        raise ReasonMissingError("text")
    return words
