"""A provider that answers what a test tells it to, and counts."""

from datetime import timedelta

from refunds.gateways.base import (
    CheckoutFact,
    CheckoutRequest,
    CheckoutStarted,
    RefundFact,
    RefundFactState,
    RefundRequest,
)


def fact(  # the common case is a refund that agrees with everything
    state: RefundFactState = "succeeded",
    *,
    provider_id: str = "re_1",
    amount: int = 75_000,
    currency: str = "INR",
    payment: str = "pay_1",
    reference: str = "",
    reason: str = "",
) -> RefundFact:
    """What the provider says about a refund."""
    return RefundFact(
        provider_id=provider_id,
        state=state,
        amount=amount,
        currency=currency,
        payment_provider_id=payment,
        reference=reference,
        reason=reason,
    )


class FakeGateway:
    """Answers are set by the test; an exception is raised instead of returned."""

    name = "fake"
    key_lifetime = timedelta(hours=23)
    poll_every = timedelta(seconds=60)

    def __init__(self) -> None:
        self.sent: list[RefundRequest] = []
        self.on_send: RefundFact | Exception = fact("pending")
        self.found: tuple[RefundFact, ...] | Exception = ()
        self.on_fetch: RefundFact | Exception = fact("pending")
        self.on_checkout: CheckoutFact | Exception = CheckoutFact()

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        return CheckoutStarted(provider_id=f"cs_{request.checkout_id.hex}", url="https://pay.example/1")

    def look_at_checkout(self, request: CheckoutRequest) -> CheckoutFact:
        if isinstance(self.on_checkout, Exception):
            raise self.on_checkout
        return self.on_checkout

    def create_refund(self, request: RefundRequest) -> RefundFact:
        self.sent.append(request)
        if isinstance(self.on_send, Exception):
            raise self.on_send
        return self.on_send

    def find_refunds(self, request: RefundRequest) -> tuple[RefundFact, ...]:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def fetch_refund(self, provider_id: str) -> RefundFact:
        if isinstance(self.on_fetch, Exception):
            raise self.on_fetch
        return self.on_fetch
