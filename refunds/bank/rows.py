"""What every kind of bank file is made of."""

from dataclasses import dataclass
from decimal import Decimal

from refunds.bank.details import BankDetails
from refunds.currencies import places_of

_MOST_TRIES = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One row: so much money to these details. `end_to_end_id` is what both banks' statements show."""

    end_to_end_id: str
    amount: Decimal
    currency: str
    details: BankDetails


def end_to_end_id_of(*, key: str) -> str:
    """The reference of an attempt's key: 32 digits of the refund and 3 of the try, the 35 characters that ISO 20022 allows.

    Raises `ValueError` where a refund was tried a thousand times.
    """
    _, refund, number = key.split("_")
    if int(number) > _MOST_TRIES:
        raise ValueError(f"no room for the number of {key}")
    return f"{refund}{int(number):03}"


def decimal_of(*, amount: int, currency: str) -> Decimal:
    """Minor units as the exact amount with the currency's own places: 75000 INR is 750.00, 750 JPY is 750."""
    return Decimal(amount).scaleb(-places_of(currency))
