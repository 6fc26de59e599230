"""A holder's credit, out of the books."""

from django.db.models import QuerySet

from refunds.models import LedgerEntry
from refunds.queries import credit_balance


def credit_balances(*, holder: str) -> dict[str, int]:
    """The holder's credit by currency, in minor units; currencies without any are left out."""
    currencies = LedgerEntry.objects.filter(holder=holder).order_by("currency").values_list("currency", flat=True)
    balances = {currency: credit_balance(holder=holder, currency=currency) for currency in currencies.distinct()}
    return {currency: balance for currency, balance in balances.items() if balance}


def credit_entries(*, holder: str) -> QuerySet[LedgerEntry]:
    """What the credit is made of, newest first: given where patient credit stands on the credit side, taken on the other."""
    return LedgerEntry.objects.filter(holder=holder).order_by("-at", "-pk")
