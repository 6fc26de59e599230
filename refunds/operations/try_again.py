"""What people do with a refund that failed: try again, pay another way, or clear up an unknown outcome."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from refunds import locks, nudges, queries, record
from refunds.errors import AlreadySettled, MayStillPay, NotUnknown, ProviderSilent, ReasonMissing
from refunds.gateways.base import RefundRequest
from refunds.gateways.registry import gateway_named
from refunds.models import AttemptState, Refund, RefundAttempt, RefundStatus, Way
from refunds.operations.attempts import new_attempt
from refunds.operations.grant import check_way
from refunds.operations.outcome import IN_FLIGHT, apply_outcome, apply_rejection, settle


def retry(*, refund_id: UUID, actor: str, now: datetime) -> Refund:
    """Try a failed refund again, the same way. Pressed twice, the second changes nothing.

    Raises `AlreadySettled`, and `MayStillPay` while an earlier try is unknown.
    """
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=refund_id)
        return _next_try(refund=refund, way=Way(refund.way), holder=refund.holder, actor=actor, now=now)


def pay_another_way(*, refund_id: UUID, way: Way, actor: str, now: datetime, holder: str = "") -> Refund:
    """Pay a failed refund by `way` instead. Pressed twice, the second changes nothing.

    Raises `AlreadySettled`, `MayStillPay` unless the last try was rejected or returned, and `WayNotPossible`.
    """
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=refund_id)
        return _next_try(refund=refund, way=way, holder=holder or refund.holder, actor=actor, now=now)


def resolve_unknown(*, refund_id: UUID, reason: str, actor: str, now: datetime) -> Refund:
    """Ask the provider once more about a refund that failed as unknown, outside transactions.

    Found: taken in. Not found, for certain: the try is closed with who and why, so that another can be made. Raises `ReasonMissing`,
    `NotUnknown`, and `ProviderSilent` when it gives no answer.
    """
    if not reason.strip():
        raise ReasonMissing
    refund = Refund.objects.get(pk=refund_id)
    attempt = queries.current_attempt(refund=refund)
    if refund.status != RefundStatus.FAILED or attempt.state != AttemptState.UNKNOWN:
        raise NotUnknown
    try:
        facts = gateway_named(attempt.channel).find_refunds(RefundRequest.from_body(attempt.body))
    except Exception as error:  # whatever an adapter raises, it is no answer
        raise ProviderSilent from error
    for fact in facts:
        apply_outcome(attempt_id=attempt.pk, fact=fact, now=now, actor=actor)
    if not facts:
        _close(attempt=attempt, reason=reason.strip(), actor=actor, now=now)
    return Refund.objects.get(pk=refund_id)


def _next_try(*, refund: Refund, way: Way, holder: str, actor: str, now: datetime) -> Refund:
    """The next numbered try, when nothing can still pay. The refund is locked."""
    attempt = queries.current_attempt(refund=refund)
    if refund.status == RefundStatus.COMPLETED:
        raise AlreadySettled
    if attempt.state == AttemptState.READY and refund.way == way:
        return refund
    if attempt.state not in (AttemptState.REJECTED, AttemptState.RETURNED):
        raise MayStillPay
    check_way(payment=refund.payment, way=way, holder=holder)
    refund.way, refund.holder = way, holder
    refund.save(update_fields=["way", "holder"])
    record.move_refund(refund=refund, to=RefundStatus.PROCESSING, at=now, actor=actor, note=way.value)
    attempt = new_attempt(refund=refund, payment=refund.payment, now=now)
    if way == Way.CREDIT:
        settle(refund=refund, attempt=attempt, now=now, actor=actor)
    if way == Way.ORIGINAL:
        nudges.nudge("refunds.process_due_refunds")
    return refund


def _close(*, attempt: RefundAttempt, reason: str, actor: str, now: datetime) -> None:
    """The provider has nothing: the try is over, and who said so is kept."""
    with transaction.atomic():
        locks.lock_refund(refund_id=attempt.refund_id)
        fresh = RefundAttempt.objects.get(pk=attempt.pk)
        if fresh.state not in IN_FLIGHT:
            return
        fresh.evidence = {"resolved_by": actor, "reason": reason, "resolved_at": now.isoformat()}
        fresh.save(update_fields=["evidence"])
        apply_rejection(attempt_id=fresh.pk, reason_code="not_made", reason_text=reason, now=now, actor=actor)
