"""The face of a payment provider: tiny, and honest about not knowing.

An adapter keeps its own timeouts (20 s) and makes no retries of its own. It answers with facts, or raises one of the three exceptions below;
anything else it raises is taken as `Unknown`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol
from uuid import UUID

RefundFactState = Literal["pending", "succeeded", "failed"]
DisputeFactState = Literal["open", "won", "lost"]


class GatewayError(Exception):
    """Something other than a fact."""


class Unknown(GatewayError):
    """Timeout, reset, 5xx, nonsense: it may have been done or not."""


class KeyReused(Unknown):
    """The provider knows this key with another body: our bug, and the first one may have run."""


class Rejected(GatewayError):
    """A certain no. `reason_code` is ours: closed_card, too_old, low_balance, declined and the like."""

    def __init__(self, reason_code: str, reason_text: str = "") -> None:
        """Keep both, for the refund's reason."""
        super().__init__(reason_code)
        self.reason_code = reason_code
        self.reason_text = reason_text


class NotRun(GatewayError):
    """This very send did not run (409 in progress, 429, 401, 403). `alert`: a person must look at our key."""

    def __init__(self, *, retry_after: timedelta = timedelta(minutes=1), alert: bool = False) -> None:
        """Keep how long to wait."""
        super().__init__("not run")
        self.retry_after = retry_after
        self.alert = alert


@dataclass(frozen=True, kw_only=True)
class CheckoutRequest:
    """An ask for money as a provider gets it. `amount` in minor units."""

    checkout_id: UUID
    amount: int
    currency: str
    method: str
    provider_id: str
    return_url: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class CheckoutStarted:
    """Where the payer goes. `provider_id` is empty when the provider knows the checkout by our id."""

    provider_id: str
    url: str


@dataclass(frozen=True, kw_only=True)
class CaptureFact:
    """Money that the provider holds for us. `provider_id` is the id that refunds refer to."""

    provider_id: str
    amount: int
    currency: str
    method: str


@dataclass(frozen=True, kw_only=True)
class CheckoutFact:
    """What became of a checkout. Several captures: the payer paid more than once."""

    captures: tuple[CaptureFact, ...] = ()
    declined: bool = False


@dataclass(frozen=True, kw_only=True)
class RefundRequest:
    """A refund as a provider gets it. `key` makes a repeat harmless; `tag` lets us find it again. `amount` in minor units."""

    key: str
    tag: str
    payment_provider_id: str
    amount: int
    currency: str

    def as_body(self) -> dict[str, Any]:
        """What is stored with the attempt before the first send."""
        return {
            "key": self.key,
            "tag": self.tag,
            "payment": self.payment_provider_id,
            "amount": self.amount,
            "currency": self.currency,
        }

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> "RefundRequest":
        """The same request, from the stored body alone."""
        return cls(
            key=body["key"],
            tag=body["tag"],
            payment_provider_id=body["payment"],
            amount=body["amount"],
            currency=body["currency"],
        )


@dataclass(frozen=True, kw_only=True)
class RefundFact:
    """What the provider says about one refund now. `reference` is the ARN, RRN or UTR that the patient's bank understands."""

    provider_id: str
    state: RefundFactState
    amount: int
    currency: str
    payment_provider_id: str
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class DisputeFact:
    """What the provider says about one dispute now. `amount` in minor units."""

    provider_id: str
    payment_provider_id: str
    amount: int
    currency: str
    state: DisputeFactState


class Gateway(Protocol):
    """One provider."""

    name: str
    key_lifetime: timedelta
    poll_every: timedelta

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """Make a page where the payer pays. Safe to repeat."""
        ...

    def look_at_checkout(self, request: CheckoutRequest) -> CheckoutFact:
        """What became of it."""
        ...

    def create_refund(self, request: RefundRequest) -> RefundFact:
        """Send the refund under its key."""
        ...

    def find_refunds(self, request: RefundRequest) -> tuple[RefundFact, ...]:
        """Every refund of the payment that carries the request's tag. Empty: none was made, for certain."""
        ...

    def fetch_refund(self, provider_id: str) -> RefundFact:
        """One refund, read again."""
        ...
