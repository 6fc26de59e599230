"""What a provider can tell by webhook. A webhook is a nudge: what it says is read again from the provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from refunds.gateways.base import CaptureFact, DisputeFact, RefundFact


class NotGenuine(Exception):
    """Not signed by the provider, too old, or no event at all."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What an event is about, by the provider's id."""

    kind: Literal["refund", "payment", "dispute"]
    provider_id: str


@dataclass(frozen=True, kw_only=True)
class TaggedRefund:
    """A refund, read again, with the tag it carries; empty: none of ours."""

    tag: str
    fact: RefundFact


@dataclass(frozen=True, kw_only=True)
class CheckoutPayment:
    """A payment, read again. None: it is for no checkout of ours, or nothing was captured."""

    checkout_id: UUID | None
    capture: CaptureFact | None


@runtime_checkable
class TellsByWebhook(Protocol):
    """A provider that calls us."""

    name: str

    def event_id(self, *, body: bytes, headers: Mapping[str, str]) -> str:
        """The provider's id of a genuine event. Raises `NotGenuine`."""
        ...

    def subject_of(self, *, body: bytes) -> Subject | None:
        """What the event is about. None: nothing that concerns us."""
        ...

    def read_refund(self, provider_id: str) -> TaggedRefund:
        """The refund as it is now."""
        ...

    def read_dispute(self, provider_id: str) -> DisputeFact:
        """The dispute as it is now."""
        ...

    def read_payment(self, provider_id: str) -> CheckoutPayment:
        """The payment as it is now."""
        ...


def checkout_id_in(tags: object) -> UUID | None:
    """The checkout that a payment's metadata or notes name. None: none of ours."""
    try:
        return UUID(str(tags[CHECKOUT_TAG])) if isinstance(tags, dict) else None
    except (KeyError, ValueError):
        return None


CHECKOUT_TAG = "fairslot_checkout"
REFUND_TAG = "fairslot_refund"
