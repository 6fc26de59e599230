"""Short ways through the life of a bank file."""

from typing import Any

from refunds.bank import batches
from refunds.models import BankBatch, BankBatchRow, Refund, RefundAttempt
from tests.refunds import builders

NOW = builders.NOW
WHO: dict[str, Any] = {"actor": "staff:2", "now": NOW}


def make(*, actor: str = "staff:1", now: Any = NOW) -> BankBatch:
    return batches.make_batch(currency="INR", file_format="neft", actor=actor, now=now)


def released() -> BankBatch:
    return batches.release_batch(batch_id=make().pk, **WHO)


def execute(batch: BankBatch, statement: str = "Statement 7") -> BankBatch:
    return batches.mark_executed(batch_id=batch.pk, evidence=statement, **WHO)


def bring_back(reason: str = "No such account") -> Refund:
    return batches.return_row(row_id=BankBatchRow.objects.latest("pk").pk, reason=reason, **WHO)


def status(refund: Refund) -> str:
    return str(Refund.objects.get(pk=refund.pk).status)


def row_states() -> list[str]:
    return list(BankBatchRow.objects.order_by("pk").values_list("state", flat=True))


def attempts(refund: Refund) -> list[str]:
    return [f"{one.channel} {one.state}" for one in RefundAttempt.objects.filter(refund=refund)]
