"""A real provider's gateway, through its SDK, against the fake."""

from dataclasses import dataclass
from typing import Any

from refunds.gateways.base import CheckoutRequest, RefundRequest
from refunds.gateways.razorpay import RazorpayGateway
from refunds.gateways.stripe import StripeGateway
from refunds.models import Checkout, Payment
from refunds.operations.checkouts import as_request
from tests.fake_provider.client import FakeProvider, Provider
from tests.fake_provider.fixtures import RAZORPAY_SECRET, STRIPE_SECRET
from tests.fake_provider.store import Doc
from tests.refunds import builders

PAID = 1_000_000
"""Far more than any refund here, so that the provider's own limit hides no double."""
TIMEOUT = 0.4
SITE = "https://clinic.example"


@dataclass(frozen=True)
class Bench:
    """One provider, its gateway and the fake behind it."""

    provider: Provider
    fake: FakeProvider
    gateway: StripeGateway | RazorpayGateway

    def payment(self, *, amount: int = PAID, currency: str = "INR", **more: Any) -> str:
        """Money that the provider took; its id."""
        return self.fake.payment(self.provider, amount=amount, currency=currency, **more)

    def recorded(self, *, amount: int = PAID) -> Payment:
        """The same, and we know of it."""
        return builders.payment_at(self.provider, amount=amount, provider_id=self.payment(amount=amount))

    def request(
        self, payment: str, *, amount: int = 40_000, key: str = "rf_0123456789_1", currency: str = "INR"
    ) -> RefundRequest:
        """A refund as an attempt asks for it."""
        return RefundRequest(key=key, tag=key, payment_provider_id=payment, amount=amount, currency=currency)

    def checkout_page(self, asked: Checkout) -> str:
        """The provider's id of the page that a checkout led to."""
        return self.gateway.start_checkout(self.asked(asked)).url.rpartition("/pay/")[2]

    def asked(self, checkout: Checkout) -> CheckoutRequest:
        """The checkout as its provider gets it, read again."""
        return as_request(checkout=Checkout.objects.get(pk=checkout.pk))

    def made(self) -> list[Doc]:
        """Every refund that the provider really made."""
        return self.fake.refunds()

    def called(self, operation: str) -> int:
        """How often an operation was called."""
        return self.fake.calls().get(f"{self.provider}.{operation}", 0)


def bench_of(provider: Provider, fake: FakeProvider, *, timeout: float = TIMEOUT) -> Bench:
    """The gateway of that name."""
    if provider == "stripe":
        return Bench(provider, fake, stripe_gateway(fake, timeout=timeout))
    return Bench(provider, fake, razorpay_gateway(fake, timeout=timeout))


def stripe_gateway(fake: FakeProvider, *, timeout: float = TIMEOUT, **other: Any) -> StripeGateway:
    """Stripe, as the settings would make it."""
    given: dict[str, Any] = {
        "api_key": "sk_test_fake",
        "webhook_secrets": (STRIPE_SECRET,),
        "api_base": fake.base("stripe"),
        "site_url": SITE,
        "timeout": timeout,
    }
    return StripeGateway(**given | other)


def razorpay_gateway(fake: FakeProvider, *, timeout: float = TIMEOUT, **other: Any) -> RazorpayGateway:
    """Razorpay, as the settings would make it."""
    given: dict[str, Any] = {
        "key_id": "rzp_test_fake",
        "key_secret": "secret",
        "webhook_secrets": (RAZORPAY_SECRET,),
        "api_base": fake.base("razorpay"),
        "site_url": SITE,
        "timeout": timeout,
    }
    return RazorpayGateway(**given | other)
