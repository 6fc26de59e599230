"""Read-only views of the money. Callers scope them: `source` and `cause` are the callers' own keys."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from refunds.models import (
    BY_HAND,
    MONEY_HOLDING,
    Account,
    AttemptState,
    Checkout,
    Dispute,
    DisputeState,
    Incident,
    LedgerEntry,
    Payment,
    Refund,
    RefundAttempt,
    RefundEvent,
    RefundStatus,
)


def payments_of(*, source: str) -> QuerySet[Payment]:
    """Usable payments of a chain, newest first; at the same instant by id, the later id as newer."""
    return Payment.objects.filter(source=source, usable=True).order_by("-captured_at", "-pk")


def unusable_payments() -> QuerySet[Payment]:
    """Money that came too late, twice or in another amount and that no refund has taken yet, oldest first."""
    return Payment.objects.filter(usable=False, reserved=0, refunded_elsewhere=0).order_by("captured_at", "pk")


def payment_for(*, cause: str) -> Payment | None:
    """The usable payment of one deed, if it came."""
    return Payment.objects.filter(cause=cause, usable=True).first()


def payments_for(*, causes: Iterable[str]) -> QuerySet[Payment]:
    """The usable payments of many deeds."""
    return Payment.objects.filter(cause__in=list(causes), usable=True)


def remaining_of(*, source: str) -> dict[UUID, int]:
    """Minor units that are left of each usable payment of a chain, newest payment first."""
    return {payment.pk: payment.remaining for payment in payments_of(source=source)}


def refund(*, refund_id: UUID) -> Refund:
    """One refund with its payment. Raises `Refund.DoesNotExist`."""
    return Refund.objects.select_related("payment").get(pk=refund_id)


def refunds_of(*, source: str) -> QuerySet[Refund]:
    """Every refund of a chain's payments, oldest first."""
    return Refund.objects.filter(payment__source=source).select_related("payment").order_by("granted_at", "pk")


def has_open_refunds(*, source: str) -> bool:
    """Tell whether money of a chain is still on its way back."""
    return Refund.objects.filter(payment__source=source).exclude(status=RefundStatus.COMPLETED).exists()


def refunds_for(*, cause: str) -> QuerySet[Refund]:
    """The refunds that one deed caused, oldest payment first."""
    return Refund.objects.filter(cause=cause).select_related("payment").order_by("payment__captured_at", "pk")


def current_attempt(*, refund: Refund) -> RefundAttempt:
    """The try that pays, paid or may still pay; else the newest. Every refund has one from its grant on."""
    holding = refund.attempts.filter(state__in=MONEY_HOLDING).first()
    return holding or refund.attempts.order_by("-number")[0]


def checkout(*, checkout_id: UUID) -> Checkout | None:
    """One ask for money."""
    return Checkout.objects.filter(pk=checkout_id).first()


def checkouts_to_sweep(*, now: datetime) -> QuerySet[Checkout]:
    """Checkouts whose provider should be asked whether money came, the longest due first."""
    return Checkout.objects.filter(next_at__lte=now).order_by("next_at", "pk")


def due(*, now: datetime) -> QuerySet[Refund]:
    """Refunds that a worker should look at."""
    return Refund.objects.filter(next_at__lte=now).order_by("next_at")


def stuck(*, now: datetime, after: timedelta = timedelta(minutes=15)) -> QuerySet[Refund]:
    """Refunds that have been due for `after` and that nobody has looked at: the workers are not running."""
    return due(now=now - after)


def failed() -> QuerySet[Refund]:
    """Refunds that wait for a person's decision, oldest first."""
    return Refund.objects.filter(status=RefundStatus.FAILED).select_related("payment").order_by("granted_at", "pk")


def waiting_for_person() -> QuerySet[Refund]:
    """Refunds that a person pays by hand and then confirms, oldest first."""
    return (
        Refund.objects.filter(
            status__in=[RefundStatus.PENDING, RefundStatus.PROCESSING],
            attempts__state=AttemptState.READY,
            attempts__channel__in=BY_HAND,
        )
        .select_related("payment")
        .order_by("granted_at", "pk")
    )


def overdue(*, now: datetime, after: timedelta) -> QuerySet[Refund]:
    """Refunds granted longer than `after` ago and not completed, oldest first."""
    return (
        Refund.objects.exclude(status=RefundStatus.COMPLETED)
        .filter(granted_at__lt=now - after)
        .select_related("payment")
        .order_by("granted_at", "pk")
    )


def late(*, today: date) -> QuerySet[Refund]:
    """Refunds that should have been back before this day, the longest late first."""
    waiting = Refund.objects.exclude(status=RefundStatus.COMPLETED).filter(promised_on__lt=today)
    return waiting.select_related("payment").order_by("promised_on", "pk")


def settled_since(*, cursor: int) -> QuerySet[RefundEvent]:
    """News for other apps: events with a higher key that ended in completed or failed, in the order of their keys.

    Transactions may commit out of that order: read with some overlap and tell each event once, by its key.
    """
    return (
        RefundEvent.objects.filter(pk__gt=cursor, to_status__in=[RefundStatus.COMPLETED, RefundStatus.FAILED])
        .select_related("refund", "refund__payment")
        .order_by("pk")
    )


def open_disputes() -> QuerySet[Dispute]:
    """Payers who ask their bank for the money back, oldest first."""
    return Dispute.objects.filter(state=DisputeState.OPEN).select_related("payment").order_by("found_at", "pk")


def incidents() -> QuerySet[Incident]:
    """Surprises, newest first."""
    return Incident.objects.select_related("refund", "payment").order_by("-pk")


def credit_balance(*, holder: str, currency: str) -> int:
    """The holder's credit in minor units, out of the books."""
    sums = LedgerEntry.objects.filter(holder=holder, currency=currency).aggregate(
        given=Sum("amount", filter=Q(credit=Account.PATIENT_CREDIT), default=0),
        taken=Sum("amount", filter=Q(debit=Account.PATIENT_CREDIT), default=0),
    )
    return int(sums["given"]) - int(sums["taken"])
