"""A provider with an account that a test fills."""

from collections.abc import Iterator
from datetime import datetime

from refunds.gateways.base import DisputeFact, DisputeFactState, RefundFact
from refunds.gateways.news import TaggedRefund
from refunds.models import Refund
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact


class Account(FakeGateway):
    """Lists what the test put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.refunds: list[TaggedRefund] = []
        self.disputes: list[DisputeFact] = []
        self.asked_since: list[datetime] = []
        self.silent = False

    def list_refunds(self, *, since: datetime) -> Iterator[TaggedRefund]:
        self.asked_since.append(since)
        yield from self.refunds
        if self.silent:
            raise TimeoutError

    def list_disputes(self, *, since: datetime) -> Iterator[DisputeFact]:
        yield from self.disputes

    def read_dispute(self, provider_id: str) -> DisputeFact:
        return next(one for one in self.disputes if one.provider_id == provider_id)

    def made(self, told: RefundFact, *, tag: str = "") -> None:
        """The provider has this refund."""
        self.refunds.append(TaggedRefund(tag=tag, fact=told))


def outside(amount: int = 10_000, *, provider_id: str = "re_out", currency: str = "INR") -> RefundFact:
    """A refund that somebody made in the provider's dashboard."""
    return fact("succeeded", provider_id=provider_id, amount=amount, currency=currency, reference="ARN9")


def dispute(state: DisputeFactState = "open", *, payment: str = "pay_1") -> DisputeFact:
    """The payer asks their bank for all of it."""
    return DisputeFact(provider_id="dp_1", payment_provider_id=payment, amount=100_000, currency="INR", state=state)


def sent(account: Account, *, provider_id: str = "re_1") -> Refund:
    """A refund that the provider accepted."""
    account.on_send = fact("pending", provider_id=provider_id)
    refund = builders.refund(builders.payment_at("fake"))
    builders.work(refund)
    return refund
