"""Read-only views of payees and bank files."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from refunds.models import (
    LIVE_ROW,
    OPEN_BATCH,
    AttemptState,
    BankBatch,
    BankBatchRow,
    BatchRowState,
    Channel,
    PayoutLink,
    Refund,
    RefundAttempt,
    RefundPayee,
    RefundStatus,
)


def payee_of(*, refund: Refund) -> RefundPayee | None:
    """Where the refund goes, as the patient last said."""
    return refund.payees.filter(replaced_at__isnull=True).first()


def is_on_hold(*, payee: RefundPayee, now: datetime) -> bool:
    """Whether these details wait for time to pass or for somebody to make sure of them."""
    return payee.holds_until is not None and now < payee.holds_until and not hasattr(payee, "release")


def is_at_the_bank(*, attempt: RefundAttempt) -> bool:
    """Whether the try stands in a bank file that may still be paid."""
    return attempt.bank_rows.filter(state=BatchRowState.LISTED).exists()


def usable_link(*, digest: str, now: datetime) -> PayoutLink | None:
    """The link behind a digest, unless it has run out or was taken back."""
    links = PayoutLink.objects.select_related("refund__payment")
    return links.filter(digest=digest, revoked_at__isnull=True, expires_at__gt=now).first()


def ready_for_bank(*, currency: str, kinds: tuple[str, ...], now: datetime) -> QuerySet[Refund]:
    """Refunds that a bank file can pay: by transfer, with details of these kinds, not on hold, in no other file. Oldest first."""
    counts = Q(payees__replaced_at__isnull=True, payees__kind__in=kinds)
    free = Q(payees__holds_until__isnull=True) | Q(payees__holds_until__lte=now) | Q(payees__release__isnull=False)
    return (
        Refund.objects.filter(
            counts & free,
            currency=currency,
            status__in=[RefundStatus.PENDING, RefundStatus.PROCESSING],
            attempts__state=AttemptState.READY,
            attempts__channel=Channel.BANK_TRANSFER,
        )
        .exclude(pk__in=BankBatchRow.objects.filter(state__in=LIVE_ROW).values("refund_id"))
        .order_by("granted_at", "pk")
    )


def waiting_for_details() -> QuerySet[Refund]:
    """Refunds to be paid by bank transfer whose patient has not said where to. Oldest first."""
    return (
        Refund.objects.filter(
            status__in=[RefundStatus.PENDING, RefundStatus.PROCESSING],
            attempts__state=AttemptState.READY,
            attempts__channel=Channel.BANK_TRANSFER,
            payees__isnull=True,
        )
        .select_related("payment")
        .order_by("granted_at", "pk")
    )


def open_batch(*, currency: str, file_format: str) -> BankBatch | None:
    """The bank file of this kind that is not over yet."""
    return BankBatch.objects.filter(currency=currency, file_format=file_format, state__in=OPEN_BATCH).first()


def rows_of(*, batch: BankBatch) -> QuerySet[BankBatchRow]:
    """The rows of a bank file with what a page shows, by their references."""
    return batch.rows.select_related("payee", "refund__payment").order_by("end_to_end_id")


def row_of(*, batch_id: UUID, end_to_end_id: str) -> BankBatchRow:
    """One row of a file by what the bank's statement shows. Raises `BankBatchRow.DoesNotExist`."""
    return BankBatchRow.objects.get(batch_id=batch_id, end_to_end_id=end_to_end_id)
