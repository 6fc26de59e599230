"""What a provider can tell of the whole account: for reconciliation, which asks for everything and not only for what we know of."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol, runtime_checkable

from refunds.gateways.base import DisputeFact
from refunds.gateways.news import TaggedRefund


@runtime_checkable
class ListsAccount(Protocol):
    """A provider whose account can be listed."""

    name: str

    def list_refunds(self, *, since: datetime) -> Iterator[TaggedRefund]:
        """Every refund of the account that was made since, whoever made it, as it is now."""
        ...


@runtime_checkable
class TellsDisputes(Protocol):
    """A provider whose payers can dispute a payment at their bank."""

    name: str

    def list_disputes(self, *, since: datetime) -> Iterator[DisputeFact]:
        """Every dispute that was opened since, as it is now."""
        ...
