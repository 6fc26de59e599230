"""Bank files: made once, the same bytes for ever, released by somebody else, confirmed row by row on the bank's statement.

The lock is the name of what is worked on (a kind of file, then refunds in the order of their payments); on SQLite the transaction itself is.
"""

import hashlib
import uuid
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from refunds import locks
from refunds import queries as refund_queries
from refunds.bank import formats, queries, seal
from refunds.bank.errors import NothingToPay, SamePerson, UnreadableDetails, WrongBatchState
from refunds.bank.payees import owner_of
from refunds.bank.rows import Transfer, decimal_of, end_to_end_id_of
from refunds.errors import EvidenceMissing, ReasonMissing
from refunds.models import (
    OPEN_BATCH,
    BankBatch,
    BankBatchRow,
    BatchRowState,
    BatchState,
    Refund,
    RefundAttempt,
    RefundPayee,
)
from refunds.operations.by_hand import mark_returned, settle_by_hand
from refunds.operations.outcome import fail_attempt

MOST_ROWS = 500
"""Refunds in one file; the rest goes into the next one."""

_Part = tuple[Refund, RefundAttempt, RefundPayee, Transfer]


def make_batch(*, currency: str, file_format: str, actor: str, now: datetime) -> BankBatch:
    """Put every refund that is ready into one file. While that file is not over, another call gives the same one.

    Raises `UnknownFormat`, `NothingToPay`, `UnreadableDetails`, `NoBankKeys`.
    """
    kinds = tuple(kind.value for kind in formats.kinds_of(currency=currency, file_format=file_format))
    with transaction.atomic():
        locks.lock_name(name=f"bank file:{currency}:{file_format}")
        standing = queries.open_batch(currency=currency, file_format=file_format)
        if standing is not None:
            return standing
        ready = queries.ready_for_bank(currency=currency, kinds=kinds, now=now)[:MOST_ROWS]
        keys = sorted((refund.payment_id, refund.pk) for refund in ready)  # as all locks: by payment, then by refund
        parts = [part for _, key in keys if (part := _part(refund_id=key, kinds=kinds, now=now)) is not None]
        if not parts:
            raise NothingToPay
        return _write(parts=parts, currency=currency, file_format=file_format, actor=actor, now=now)


def release_batch(*, batch_id: UUID, actor: str, now: datetime) -> BankBatch:
    """Let the file be downloaded. Released twice, the second changes nothing. Raises `SamePerson`, `WrongBatchState`."""
    with transaction.atomic():
        batch = _locked(batch_id=batch_id)
        if batch.state == BatchState.RELEASED:
            return batch
        if batch.state != BatchState.MADE:
            raise WrongBatchState
        if batch.four_eyes and batch.made_by == actor:
            raise SamePerson
        batch.state, batch.released_by, batch.released_at = BatchState.RELEASED, actor, now
        batch.save(update_fields=["state", "released_by", "released_at"])
    return batch


def file_bytes(*, batch: BankBatch) -> bytes:
    """The bytes that were written when the file was made.

    Raises `WrongBatchState` before its release, and `UnreadableDetails` for others than were sealed then.
    """
    if batch.state not in (BatchState.RELEASED, BatchState.EXECUTED):
        raise WrongBatchState
    content = seal.unseal(batch.sealed, owner=f"batch:{batch.pk}")
    if hashlib.sha256(content).hexdigest() != batch.sha256:
        raise UnreadableDetails
    return content


def mark_executed(*, batch_id: UUID, evidence: str, actor: str, now: datetime) -> BankBatch:
    """The bank paid: every row that has not come back is confirmed, with the file and the bank's statement as evidence.

    Said twice, the second changes nothing. Raises `EvidenceMissing`, `WrongBatchState`.
    """
    statement = evidence.strip()
    if not statement:
        raise EvidenceMissing
    with transaction.atomic():
        batch = _locked(batch_id=batch_id)
        if batch.state == BatchState.EXECUTED:
            return batch
        if batch.state != BatchState.RELEASED:
            raise WrongBatchState
        proof = {"batch": str(batch.pk), "sha256": batch.sha256, "statement": statement}
        for row in _rows_in_lock_order(batch):
            refund = locks.lock_refund(refund_id=row.refund_id)
            attempt = refund.attempts.get(pk=row.attempt_id)
            settle_by_hand(
                refund=refund, attempt=attempt, reference=row.end_to_end_id, evidence=proof, actor=actor, now=now
            )
            _move_row(row, BatchRowState.PAID)
        _close(batch, BatchState.EXECUTED, evidence=statement, actor=actor, now=now)
    return batch


def void_batch(*, batch_id: UUID, reason: str, actor: str, now: datetime) -> BankBatch:
    """The file was never given to the bank: its refunds are free for the next one. Raises `ReasonMissing`, `WrongBatchState`."""
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        batch = _locked(batch_id=batch_id)
        if batch.state not in OPEN_BATCH:
            raise WrongBatchState
        for row in _rows_in_lock_order(batch):
            locks.lock_refund(refund_id=row.refund_id)
            _move_row(row, BatchRowState.VOID)
        _close(batch, BatchState.VOID, evidence=reason.strip(), actor=actor, now=now)
    return batch


def return_row(*, row_id: int, reason: str, actor: str, now: datetime) -> Refund:
    """The bank refused or sent back one row: the refund is owed again and the patient is asked anew. A repeat changes nothing.

    Raises `ReasonMissing`, and `WrongBatchState` for a file the bank never had.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        batch = _locked(batch_id=BankBatchRow.objects.values_list("batch_id", flat=True).get(pk=row_id))
        row = batch.rows.get(pk=row_id)
        if batch.state not in (BatchState.RELEASED, BatchState.EXECUTED):
            raise WrongBatchState
        refund = locks.lock_refund(refund_id=row.refund_id)
        if row.state == BatchRowState.LISTED:
            _move_row(row, BatchRowState.RETURNED)
            fail_attempt(
                refund=refund,
                attempt=refund.attempts.get(pk=row.attempt_id),
                reason_code="returned_by_bank",
                reason_text=reason.strip(),
                now=now,
                actor=actor,
            )
        elif row.state == BatchRowState.PAID:
            refund = mark_returned(refund_id=refund.pk, reason_text=reason, actor=actor, now=now)
    return refund


def _part(*, refund_id: UUID, kinds: tuple[str, ...], now: datetime) -> _Part | None:
    """One refund as a row of the file, read under its lock; none where it is no longer ready."""
    refund = locks.lock_refund(refund_id=refund_id)
    ready = queries.ready_for_bank(currency=refund.currency, kinds=kinds, now=now)
    payee = queries.payee_of(refund=refund)
    if payee is None or not ready.filter(pk=refund_id).exists():
        return None
    attempt = refund_queries.current_attempt(refund=refund)
    transfer = Transfer(
        end_to_end_id=end_to_end_id_of(key=attempt.key),
        amount=decimal_of(amount=refund.amount, currency=refund.currency),
        currency=refund.currency,
        details=seal.unseal_details(payee.sealed, owner=owner_of(refund=refund)),
    )
    return refund, attempt, payee, transfer


def _write(*, parts: list[_Part], currency: str, file_format: str, actor: str, now: datetime) -> BankBatch:
    """The file with its rows."""
    batch_id = uuid.uuid4()
    transfers = [transfer for *_, transfer in parts]
    content = formats.file_of(
        file_format=file_format, currency=currency, batch_id=batch_id, transfers=transfers, now=now
    )
    sealed = seal.seal(content, owner=f"batch:{batch_id}")
    batch = BankBatch.objects.create(
        pk=batch_id,
        file_format=file_format,
        currency=currency,
        sealed=sealed,
        sha256=hashlib.sha256(content).hexdigest(),
        sealed_sha256=hashlib.sha256(sealed.encode()).hexdigest(),
        four_eyes=settings.BANK_FOUR_EYES,
        amount=sum(refund.amount for refund, *_ in parts),
        made_by=actor,
        made_at=now,
    )
    BankBatchRow.objects.bulk_create(
        BankBatchRow(
            batch=batch,
            refund=refund,
            attempt=attempt,
            payee=payee,
            end_to_end_id=transfer.end_to_end_id,
            amount=refund.amount,
        )
        for refund, attempt, payee, transfer in parts
    )
    return batch


def _locked(*, batch_id: UUID) -> BankBatch:
    """The file, with everybody else who works on it kept out until the transaction ends. Raises `BankBatch.DoesNotExist`."""
    locks.lock_name(name=f"bank batch:{batch_id}")
    return BankBatch.objects.get(pk=batch_id)


def _rows_in_lock_order(batch: BankBatch) -> list[BankBatchRow]:
    """What still stands in the file, in the order in which refunds are locked."""
    rows = batch.rows.filter(state=BatchRowState.LISTED).select_related("refund")
    return sorted(rows, key=lambda row: (row.refund.payment_id, row.refund_id))


def _move_row(row: BankBatchRow, state: BatchRowState) -> None:
    """The next state; the database knows the legal ones."""
    row.state = state
    row.save(update_fields=["state"])


def _close(batch: BankBatch, state: BatchState, *, evidence: str, actor: str, now: datetime) -> None:
    """The file is over."""
    batch.state, batch.evidence, batch.closed_by, batch.closed_at = state, evidence[:500], actor, now
    batch.save(update_fields=["state", "evidence", "closed_by", "closed_at"])
