"""Accounts of nobody, and refunds that wait for them."""

from datetime import datetime, timedelta

from refunds.bank.details import BankDetails
from refunds.bank.payees import give_bank_details
from refunds.models import AccountKind, Method, Refund, RefundPayee, Way
from tests.refunds import builders

IBAN = BankDetails(kind=AccountKind.IBAN, name="Rosa Adeyemi", account="DE89370400440532013000")
INDIA = BankDetails(kind=AccountKind.INDIA, name="Meera Shah", account="004501536819", branch="HDFC0001234")
OTHER = BankDetails(kind=AccountKind.INDIA, name="Meera Shah", account="111122223333", branch="SBIN0000001")
A_DAY = timedelta(days=1)


def transfer(*, amount: int = 75_000, cause: str = "cancel:1") -> Refund:
    """A refund that people pay by bank transfer."""
    return builders.refund(
        builders.by_hand(method=Method.BANK_TRANSFER, reference=f"R-{cause}"),
        way=Way.BANK_TRANSFER,
        amount=amount,
        cause=cause,
    )


def give(refund: Refund, details: BankDetails = INDIA, *, now: datetime = builders.NOW) -> RefundPayee:
    """The patient says where the money goes."""
    return give_bank_details(refund_id=refund.pk, details=details, actor="patient:1", now=now)


def payable(*, cause: str = "cancel:1", amount: int = 75_000, details: BankDetails = INDIA) -> Refund:
    """A refund by bank transfer with details."""
    refund = transfer(cause=cause, amount=amount)
    give(refund, details)
    return refund
