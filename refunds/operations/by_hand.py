"""What people do with refunds that no provider pays: confirm, give up, take back."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from refunds import locks, queries
from refunds.bank.guards import check_not_at_the_bank, check_not_on_hold, note_return
from refunds.errors import AlreadySettled, ClaimMissing, EvidenceMissing, MayStillPay, NotByHand, ReasonMissing
from refunds.manual.cash import check_cash_limit
from refunds.models import BY_HAND, AttemptState, Channel, Refund, RefundAttempt, RefundStatus
from refunds.operations.outcome import fail_attempt, return_attempt, settle


def confirm_by_hand(*, refund_id: UUID, actor: str, evidence: str, now: datetime) -> Refund:
    """A person paid by cash, bank transfer or at the insurance window; `evidence` is the receipt, transfer or claim number.

    The same one again changes nothing. Raises `EvidenceMissing` or `ClaimMissing`, `AlreadySettled` (another receipt), `MayStillPay`, `NotByHand`,
    `OverCashLimit`, `PayeeOnHold`, and `AtTheBank` for a refund in a bank file, which is confirmed there.
    """
    receipt = evidence.strip()
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=refund_id)
        attempt = queries.current_attempt(refund=refund)
        if not receipt:
            raise ClaimMissing if attempt.channel == Channel.INSURANCE_WINDOW else EvidenceMissing
        if refund.status == RefundStatus.COMPLETED:
            if attempt.channel in BY_HAND and attempt.reference == receipt:
                return refund
            raise AlreadySettled
        if attempt.channel not in BY_HAND:
            raise MayStillPay if attempt.state in _MAY_STILL_PAY else NotByHand
        if attempt.state != AttemptState.READY:
            raise NotByHand
        check_cash_limit(refund=refund, attempt=attempt)
        check_not_at_the_bank(attempt=attempt)
        check_not_on_hold(refund=refund, attempt=attempt, now=now)
        kind = "claim" if attempt.channel == Channel.INSURANCE_WINDOW else "receipt"
        settle_by_hand(
            refund=refund, attempt=attempt, reference=receipt, evidence={kind: receipt}, actor=actor, now=now
        )
    return refund


def settle_by_hand(
    *, refund: Refund, attempt: RefundAttempt, reference: str, evidence: Mapping[str, str], actor: str, now: datetime
) -> None:
    """Write down who says that it was paid, and on what evidence. The refund is locked and its ready try is paid by hand."""
    attempt.reference = reference
    attempt.evidence = {**evidence, "confirmed_by": actor, "confirmed_at": now.isoformat()}
    attempt.save(update_fields=["reference", "evidence"])
    settle(refund=refund, attempt=attempt, now=now, actor=actor, note=reference)


def mark_failed(*, refund_id: UUID, reason_code: str, reason_text: str, actor: str, now: datetime) -> Refund:
    """A person says that a try which nobody has sent will not pay. A repeat on a failed refund changes nothing.

    Raises `ReasonMissing`, `AlreadySettled`, `MayStillPay` once it was sent, and `AtTheBank` while a bank may pay it.
    """
    if not reason_code:
        raise ReasonMissing
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=refund_id)
        if refund.status == RefundStatus.FAILED:
            return refund
        if refund.status == RefundStatus.COMPLETED:
            raise AlreadySettled
        attempt = queries.current_attempt(refund=refund)
        if attempt.state != AttemptState.READY:
            raise MayStillPay
        check_not_at_the_bank(attempt=attempt)
        fail_attempt(
            refund=refund, attempt=attempt, reason_code=reason_code, reason_text=reason_text, now=now, actor=actor
        )
    return refund


def mark_returned(*, refund_id: UUID, reason_text: str, actor: str, now: datetime) -> Refund:
    """A person saw the bank send a transfer back. A repeat changes nothing.

    Raises `ReasonMissing`, and `NotByHand` for money that a provider or nobody watches.
    """
    if not reason_text.strip():
        raise ReasonMissing
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=refund_id)
        attempt = queries.current_attempt(refund=refund)
        if attempt.channel not in BY_HAND:
            raise NotByHand
        if attempt.state == AttemptState.RETURNED:
            return refund
        if attempt.state != AttemptState.SUCCEEDED:
            raise NotByHand
        return_attempt(refund=refund, attempt=attempt, reason_text=reason_text.strip(), now=now, actor=actor)
        note_return(attempt=attempt)
    return refund


_MAY_STILL_PAY = (AttemptState.READY, AttemptState.SENT, AttemptState.UNKNOWN, AttemptState.ACCEPTED)
