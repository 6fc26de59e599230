"""The patient says how to be paid. Staff cannot: nothing in the admin calls these."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from refunds import locks
from refunds import queries as refund_queries
from refunds.bank import queries, seal
from refunds.bank.details import BankDetails, kind_for
from refunds.bank.guards import check_not_at_the_bank
from refunds.errors import AlreadySettled, MayStillPay, RefundError, WayNotPossible
from refunds.manual.cash import may_be_paid_in_cash
from refunds.models import AttemptState, Channel, HoldReason, Refund, RefundAttempt, RefundPayee, RefundStatus, Way
from refunds.operations.try_again import pay_another_way

_CLOSED = (AttemptState.REJECTED, AttemptState.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A refund with new details is not paid before `until`, unless somebody releases it."""

    until: datetime
    reason: HoldReason


def ways_to_choose(*, refund: Refund) -> list[Way]:
    """How the patient can be paid instead, as the refund stands; none while an earlier try may still pay."""
    attempt = refund_queries.current_attempt(refund=refund)
    try:
        _check_open(refund=refund, attempt=attempt)
    except RefundError:
        return []
    by_bank = [Way.BANK_TRANSFER] if seal.can_seal() and kind_for(currency=refund.currency) else []
    in_cash = attempt.state in _CLOSED and may_be_paid_in_cash(amount=refund.amount, currency=refund.currency)
    return by_bank + ([Way.CASH] if in_cash else [])


def give_bank_details(
    *, refund_id: UUID, details: BankDetails, actor: str, now: datetime, hold: Hold | None = None
) -> RefundPayee:
    """Keep where the patient wants the money; a refund that failed is tried again by bank transfer. The same details again change nothing.

    Details that replace others hold the refund; so does `hold`, whichever is longer. Raises `AlreadySettled`, `MayStillPay`, `AtTheBank`, `WayNotPossible`, `NoBankKeys`.
    """
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=refund_id)
        _check_open(refund=refund, attempt=refund_queries.current_attempt(refund=refund))
        if details.kind != kind_for(currency=refund.currency):
            raise WayNotPossible
        payee = _keep(refund=refund, details=details, actor=actor, now=now, hold=hold)
        if refund.status == RefundStatus.FAILED:
            pay_another_way(refund_id=refund_id, way=Way.BANK_TRANSFER, actor=actor, now=now)
    return payee


def choose_cash(*, refund_id: UUID, actor: str, now: datetime) -> Refund:
    """A refund that failed is collected at the cash desk. Chosen twice, the second changes nothing.

    Raises `AlreadySettled`, `MayStillPay`, and `WayNotPossible` above the limit of the cash desk.
    """
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=refund_id)
        if not may_be_paid_in_cash(amount=refund.amount, currency=refund.currency):
            raise WayNotPossible
        return pay_another_way(refund_id=refund_id, way=Way.CASH, actor=actor, now=now)


def _check_open(*, refund: Refund, attempt: RefundAttempt) -> None:
    """Whether the patient may say where the money goes: nothing can pay it yet. Raises `RefundError`."""
    if refund.status == RefundStatus.COMPLETED:
        raise AlreadySettled
    if attempt.state in _CLOSED:
        return
    if attempt.state != AttemptState.READY or attempt.channel != Channel.BANK_TRANSFER:
        raise MayStillPay
    check_not_at_the_bank(attempt=attempt)


def _keep(*, refund: Refund, details: BankDetails, actor: str, now: datetime, hold: Hold | None) -> RefundPayee:
    """The row of these details, new unless the patient said the same before."""
    before = queries.payee_of(refund=refund)
    if before is not None and _says(before, details):
        return before
    holds = [hold] if hold else []
    if before is not None:
        until = now + timedelta(hours=settings.PAYEE_CHANGE_HOLD_HOURS)
        holds.append(Hold(until=until, reason=HoldReason.DETAILS))
        before.replaced_at = now
        before.save(update_fields=["replaced_at"])
    longest = max(holds, key=lambda one: one.until, default=None)
    return RefundPayee.objects.create(
        refund=refund,
        number=before.number + 1 if before else 1,
        kind=details.kind,
        sealed=seal.seal_details(details, owner=owner_of(refund=refund)),
        masked=details.masked,
        given_by=actor,
        given_at=now,
        holds_until=longest.until if longest else None,
        hold_reason=longest.reason if longest else HoldReason.NONE,
    )


def owner_of(*, refund: Refund) -> str:
    """Whom details are sealed for."""
    return f"refund:{refund.pk}"


def _says(payee: RefundPayee, details: BankDetails) -> bool:
    """Whether a payee holds the same details; one that cannot be read says nothing."""
    try:
        return seal.unseal_details(payee.sealed, owner=owner_of(refund=payee.refund)) == details
    except RefundError:
        return False
