"""Minor units, the one rounding, and the allocation of an amount over payments."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from policies.rules.facts import Paid, PaymentMethod


class RefundWay(StrEnum):
    """How money travels back."""

    ORIGINAL = "original"
    CASH = "cash"
    BANK_TRANSFER = "bank_transfer"
    CREDIT = "credit"
    INSURANCE_WINDOW = "insurance_window"


# A gateway payment goes back the way it came; everything not named here is one.
_WAYS = {
    PaymentMethod.CASH: RefundWay.CASH,
    PaymentMethod.BANK_TRANSFER: RefundWay.BANK_TRANSFER,
    PaymentMethod.CREDIT: RefundWay.CREDIT,
    PaymentMethod.INSURANCE: RefundWay.INSURANCE_WINDOW,
}


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of a refund: this amount (minor units) of this payment, sent back this way."""

    payment: str
    amount: int
    way: RefundWay


def percent_of(amount: int, percent: Decimal) -> int:
    """Return that percentage of an amount in minor units, rounded half up. This is the only rounding in the system."""
    numerator, denominator = percent.as_integer_ratio()
    return (2 * amount * numerator + 100 * denominator) // (200 * denominator)


def percent_text(percent: Decimal) -> str:
    """Return a percentage as text without trailing zeros, every digit kept."""
    text = f"{percent:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def way_back(method: PaymentMethod) -> RefundWay:
    """Return how a payment made by this method goes back."""
    return _WAYS.get(method, RefundWay.ORIGINAL)


def newest_first(payments: Iterable[Paid]) -> list[Paid]:
    """Sort payments by capture, newest first; of two captured at the same instant the later id counts as newer."""
    return sorted(payments, key=lambda payment: (payment.captured_at, payment.id), reverse=True)


def allocate(amount: int, payments: Iterable[Paid]) -> tuple[Allocation, ...]:
    """Spread an amount over the patient's own payments, newest first, each up to what is left of it.

    Raises ValueError if there is less left than the amount: nobody gets back more than was paid.
    """
    parts = []
    for payment in newest_first(payments):
        if amount == 0:
            break
        if payment.is_insurance or payment.left == 0:
            continue
        part = min(amount, payment.left)
        parts.append(Allocation(payment.id, part, way_back(payment.method)))
        amount -= part
    if amount:
        raise ValueError(f"{amount} minor units more than what is left of the payments")
    return tuple(parts)


def allocate_insured(payments: Iterable[Paid]) -> tuple[Allocation, ...]:
    """Return everything the insurer paid and has not had back, newest first, by the insurance window."""
    return tuple(
        Allocation(payment.id, payment.left, RefundWay.INSURANCE_WINDOW)
        for payment in newest_first(payments)
        if payment.is_insurance and payment.left
    )
