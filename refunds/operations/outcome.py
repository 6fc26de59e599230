"""What an answer means. One monotone door for responses, polls, webhooks and reconciliation.

A fact told twice, late or out of order changes nothing more.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from refunds import ledger, locks, pacing, record
from refunds.gateways.base import RefundFact
from refunds.gateways.registry import GATEWAYS
from refunds.models import MONEY_HOLDING, AttemptState, IncidentKind, Refund, RefundAttempt, RefundStatus

IN_FLIGHT = (AttemptState.SENT, AttemptState.UNKNOWN)


def apply_outcome(*, attempt_id: int, fact: RefundFact, now: datetime, actor: str) -> Refund:
    """Take in what the provider says about one of its refunds that carries the attempt's tag. Safe to repeat.

    A fact about other money than the attempt's changes no status to the better: it is noted as an incident.
    """
    with transaction.atomic():
        refund, attempt = _locked(attempt_id=attempt_id)
        kind = _disagreement(refund=refund, attempt=attempt, fact=fact)
        if kind is not None:
            _hold(refund=refund, attempt=attempt, fact=fact, kind=kind, now=now, actor=actor)
            return refund
        if attempt.state == AttemptState.READY:  # only after an old backup: the provider knows more than we do
            begin(refund=refund, attempt=attempt, now=now, actor=actor)
        if attempt.state == AttemptState.REJECTED and fact.state != "failed":
            if attempt.provider_id is not None and fact.state == "pending":
                return refund  # an old "pending", told after the "failed"
            if _other_holds_money(refund=refund, attempt=attempt):
                _note(refund=refund, attempt=attempt, fact=fact, kind=IncidentKind.LATE_SUCCESS, now=now)
                return refund
        _adopt(attempt=attempt, fact=fact)
        {"pending": _pending, "succeeded": _succeeded, "failed": _failed}[fact.state](
            refund=refund, attempt=attempt, fact=fact, now=now, actor=actor
        )
    return refund


def apply_rejection(*, attempt_id: int, reason_code: str, reason_text: str, now: datetime, actor: str) -> Refund:
    """Take in a certain no to a send, after the provider was searched for an earlier yes. Safe to repeat."""
    with transaction.atomic():
        refund, attempt = _locked(attempt_id=attempt_id)
        if attempt.state in IN_FLIGHT:
            fail_attempt(
                refund=refund, attempt=attempt, reason_code=reason_code, reason_text=reason_text, now=now, actor=actor
            )
    return refund


def reject_unsent(*, refund_id: UUID, reason_code: str, now: datetime, actor: str) -> bool:
    """Fail a refund whose try nobody has sent yet, so that nothing is sent until a person has decided. False: there is no such try."""
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=refund_id)
        attempt = refund.attempts.filter(state=AttemptState.READY).first()
        if attempt is None or refund.status not in (RefundStatus.PENDING, RefundStatus.PROCESSING):
            return False
        fail_attempt(refund=refund, attempt=attempt, reason_code=reason_code, reason_text="", now=now, actor=actor)
    return True


def begin(*, refund: Refund, attempt: RefundAttempt, now: datetime, actor: str) -> None:
    """Ready → sent, and the refund is in work."""
    record.move_attempt(attempt=attempt, to=AttemptState.SENT)
    if refund.status == RefundStatus.PENDING:
        record.move_refund(refund=refund, to=RefundStatus.PROCESSING, at=now, actor=actor)


def settle(*, refund: Refund, attempt: RefundAttempt, now: datetime, actor: str, note: str = "") -> None:
    """The attempt paid: attempt, status, books and the next look in one step."""
    if attempt.state == AttemptState.READY:
        begin(refund=refund, attempt=attempt, now=now, actor=actor)
    record.move_attempt(attempt=attempt, to=AttemptState.SUCCEEDED)
    record.move_refund(refund=refund, to=RefundStatus.COMPLETED, at=now, actor=actor, note=note)
    ledger.post_paid(refund=refund, attempt=attempt, at=now)
    schedule_next(refund=refund, attempt=attempt, now=now)


def fail_attempt(
    *, refund: Refund, attempt: RefundAttempt, reason_code: str, reason_text: str, now: datetime, actor: str
) -> None:
    """The attempt will never pay: a person decides what comes next."""
    record.move_attempt(attempt=attempt, to=AttemptState.REJECTED)
    fail_refund(refund=refund, reason_code=reason_code, reason_text=reason_text, now=now, actor=actor)
    record.schedule(refund=refund, next_at=None)


def fail_refund(*, refund: Refund, reason_code: str, reason_text: str, now: datetime, actor: str) -> None:
    """Failed, or failed for a better known reason."""
    if refund.status == RefundStatus.FAILED:
        refund.reason_code, refund.reason_text = reason_code, reason_text
        refund.save(update_fields=["reason_code", "reason_text"])
        return
    record.move_refund(
        refund=refund, to=RefundStatus.FAILED, at=now, actor=actor, reason_code=reason_code, reason_text=reason_text
    )


def return_attempt(*, refund: Refund, attempt: RefundAttempt, reason_text: str, now: datetime, actor: str) -> None:
    """The bank gave the money back to us: it is owed again. The payment stays reserved for the next try."""
    record.move_attempt(attempt=attempt, to=AttemptState.RETURNED)
    record.move_refund(
        refund=refund,
        to=RefundStatus.FAILED,
        at=now,
        actor=actor,
        reason_code="returned_by_bank",
        reason_text=reason_text,
    )
    ledger.post_returned(refund=refund, attempt=attempt, at=now)
    record.schedule(refund=refund, next_at=None)


def schedule_next(*, refund: Refund, attempt: RefundAttempt, now: datetime) -> None:
    """The next look that the attempt's state asks for. Channels that a person serves need none."""
    gateway = GATEWAYS.get(attempt.channel)
    next_at: datetime | None = None
    if gateway is not None and attempt.state in IN_FLIGHT:
        next_at = pacing.send_again_at(attempt=attempt, now=now)
    elif gateway is not None and attempt.state == AttemptState.ACCEPTED:
        next_at = pacing.poll_at(attempt=attempt, every=gateway.poll_every, now=now)
    elif gateway is not None and refund.settled_at is not None:
        next_at = pacing.recheck_at(settled_at=refund.settled_at, every=gateway.poll_every, now=now)
    record.schedule(refund=refund, next_at=next_at)


def _locked(*, attempt_id: int) -> tuple[Refund, RefundAttempt]:
    """The refund under its lock, and the attempt read after it."""
    refund_id = RefundAttempt.objects.values_list("refund_id", flat=True).get(pk=attempt_id)
    refund = locks.lock_refund(refund_id=refund_id)
    return refund, refund.attempts.get(pk=attempt_id)


def _disagreement(*, refund: Refund, attempt: RefundAttempt, fact: RefundFact) -> IncidentKind | None:
    """Whether the fact is about other money than the attempt's."""
    if (fact.amount, fact.currency, fact.payment_provider_id) != (
        refund.amount,
        refund.currency,
        attempt.body["payment"],
    ):
        return IncidentKind.MISMATCH
    if attempt.provider_id is not None and attempt.provider_id != fact.provider_id:
        return IncidentKind.SECOND_REFUND
    taken = RefundAttempt.objects.filter(channel=attempt.channel, provider_id=fact.provider_id).exclude(pk=attempt.pk)
    return IncidentKind.MISMATCH if taken.exists() else None


def _hold(
    *, refund: Refund, attempt: RefundAttempt, fact: RefundFact, kind: IncidentKind, now: datetime, actor: str
) -> None:
    """Never adopt it, never send again: whatever is in flight stays unknown until a person has looked."""
    _note(refund=refund, attempt=attempt, fact=fact, kind=kind, now=now)
    if attempt.state == AttemptState.READY:
        begin(refund=refund, attempt=attempt, now=now, actor=actor)
    if attempt.state == AttemptState.SENT:
        record.move_attempt(attempt=attempt, to=AttemptState.UNKNOWN)
    if attempt.state == AttemptState.UNKNOWN:
        fail_refund(refund=refund, reason_code=kind.value, reason_text="", now=now, actor=actor)
        record.schedule(refund=refund, next_at=None)
    else:
        schedule_next(refund=refund, attempt=attempt, now=now)


def _note(*, refund: Refund, attempt: RefundAttempt, fact: RefundFact, kind: IncidentKind, now: datetime) -> None:
    """The incident, with what the provider said."""
    record.note_incident(
        key=f"{kind}:{attempt.key}:{fact.provider_id}",
        kind=kind,
        refund=refund,
        at=now,
        details={
            "attempt": attempt.key,
            "provider_id": fact.provider_id,
            "state": fact.state,
            "amount": fact.amount,
            "currency": fact.currency,
            "payment": fact.payment_provider_id,
        },
    )


def _other_holds_money(*, refund: Refund, attempt: RefundAttempt) -> bool:
    """Whether another try pays or paid instead."""
    return refund.attempts.filter(state__in=MONEY_HOLDING).exclude(pk=attempt.pk).exists()


def _adopt(*, attempt: RefundAttempt, fact: RefundFact) -> None:
    """Keep the provider's id and the newest bank reference."""
    attempt.provider_id = fact.provider_id
    attempt.reference = fact.reference or attempt.reference
    attempt.save(update_fields=["provider_id", "reference"])


def _pending(*, refund: Refund, attempt: RefundAttempt, fact: RefundFact, now: datetime, actor: str) -> None:
    """The provider has it."""
    if attempt.state in (*IN_FLIGHT, AttemptState.REJECTED):
        record.move_attempt(attempt=attempt, to=AttemptState.ACCEPTED)
        if refund.status == RefundStatus.FAILED:
            record.move_refund(
                refund=refund, to=RefundStatus.PROCESSING, at=now, actor=actor, note=f"found as {fact.provider_id}"
            )
    if attempt.state in (AttemptState.ACCEPTED, AttemptState.SUCCEEDED):  # an old "pending" too ends this look
        schedule_next(refund=refund, attempt=attempt, now=now)


def _succeeded(*, refund: Refund, attempt: RefundAttempt, fact: RefundFact, now: datetime, actor: str) -> None:
    """The provider paid."""
    if attempt.state == AttemptState.SUCCEEDED:
        schedule_next(refund=refund, attempt=attempt, now=now)
    elif attempt.state != AttemptState.RETURNED:
        settle(refund=refund, attempt=attempt, now=now, actor=actor, note=fact.reference)


def _failed(*, refund: Refund, attempt: RefundAttempt, fact: RefundFact, now: datetime, actor: str) -> None:
    """The provider could not pay, or the bank gave it back."""
    if attempt.state == AttemptState.SUCCEEDED:
        return_attempt(refund=refund, attempt=attempt, reason_text=fact.reason, now=now, actor=actor)
    elif attempt.state in (*IN_FLIGHT, AttemptState.ACCEPTED):
        fail_attempt(
            refund=refund,
            attempt=attempt,
            reason_code=fact.reason or "declined",
            reason_text="",
            now=now,
            actor=actor,
        )
