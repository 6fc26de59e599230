"""Granting a refund: rows only, in the transaction of the deed that causes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import F

from refunds import ledger, locks, nudges, record
from refunds.errors import NotInTransaction, OverRefund, RefundMismatch, WayNotPossible
from refunds.models import Payment, Refund, Way
from refunds.operations.attempts import new_attempt
from refunds.operations.outcome import settle


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """A part of a refund: so many minor units of one payment, back that way."""

    payment_id: UUID
    amount: int
    way: Way


def request_refund(
    *,
    payment_id: UUID,
    cause: str,
    amount: int,
    way: Way,
    requested_by: str,
    now: datetime,
    holder: str = "",
    promised_on: date | None = None,
) -> Refund:
    """Grant `amount` minor units of one payment, in the caller's transaction. A repeat returns the same row.

    `holder` names whose credit it becomes and is needed for `Way.CREDIT`; `promised_on` is the day the patient was told. Raises `NotInTransaction`, `OverRefund`, `RefundMismatch`,
    `WayNotPossible`, and `ValueError` for an amount that is not positive.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction
    if amount <= 0:
        raise ValueError("a refund needs a positive amount")
    payment = locks.lock_payment(payment_id=payment_id)
    same = Refund.objects.filter(cause=cause, payment=payment).first()
    if same is not None:
        if same.amount != amount:
            raise RefundMismatch
        return same
    check_way(payment=payment, way=way, holder=holder)
    if amount > payment.remaining:
        raise OverRefund(available=payment.remaining)
    Payment.objects.filter(pk=payment.pk).update(reserved=F("reserved") + amount)
    refund = Refund.objects.create(
        payment=payment,
        cause=cause,
        amount=amount,
        currency=payment.currency,
        way=way,
        holder=holder,
        requested_by=requested_by,
        granted_at=now,
        promised_on=promised_on,
    )
    record.first_event(refund=refund, at=now, actor=requested_by)
    ledger.post_grant(refund=refund, at=now)
    attempt = new_attempt(refund=refund, payment=payment, now=now)
    if way == Way.CREDIT:
        settle(refund=refund, attempt=attempt, now=now, actor=requested_by)
    if way == Way.ORIGINAL:
        nudges.nudge("refunds.process_due_refunds")
    return refund


def request_refunds(
    *, allocations: Sequence[Allocation], cause: str, requested_by: str, now: datetime, holder: str = ""
) -> list[Refund]:
    """Grant every part, in the order given, all or none. Raises as `request_refund` does."""
    if not connection.in_atomic_block:
        raise NotInTransaction
    locks.lock_payments(payment_ids=[part.payment_id for part in allocations])
    return [
        request_refund(
            payment_id=part.payment_id,
            cause=cause,
            amount=part.amount,
            way=part.way,
            requested_by=requested_by,
            now=now,
            holder=holder,
        )
        for part in allocations
    ]


def check_way(*, payment: Payment, way: Way, holder: str) -> None:
    """Whether money of this payment can go that way. Raises `WayNotPossible`."""
    if way == Way.ORIGINAL and not payment.provider_held:
        raise WayNotPossible
    if way == Way.CREDIT and not holder:
        raise WayNotPossible
