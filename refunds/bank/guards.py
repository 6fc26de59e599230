"""What keeps a refund from being paid by two hands. Callers hold the refund's lock."""

from datetime import datetime

from refunds.bank import queries
from refunds.bank.errors import AtTheBank, PayeeOnHold
from refunds.models import BankBatchRow, BatchRowState, Channel, Refund, RefundAttempt


def check_not_at_the_bank(*, attempt: RefundAttempt) -> None:
    """Raises `AtTheBank` while the try stands in a file that the bank may pay."""
    if queries.is_at_the_bank(attempt=attempt):
        raise AtTheBank


def check_not_on_hold(*, refund: Refund, attempt: RefundAttempt, now: datetime) -> None:
    """Raises `PayeeOnHold` for a transfer whose details wait for somebody to make sure of them, or for time to pass."""
    payee = queries.payee_of(refund=refund) if attempt.channel == Channel.BANK_TRANSFER else None
    if payee is not None and queries.is_on_hold(payee=payee, now=now):
        raise PayeeOnHold


def note_return(*, attempt: RefundAttempt) -> None:
    """The transfer came back: its row no longer keeps the refund out of other files."""
    BankBatchRow.objects.filter(attempt=attempt, state=BatchRowState.PAID).update(state=BatchRowState.RETURNED)
