"""Money for tests, made the way the product makes it: through operations."""

import itertools
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now

from refunds import operations, queries
from refunds.gateways import sandbox
from refunds.gateways.base import CaptureFact, CheckoutFact, Unknown
from refunds.models import (
    MONEY_HOLDING,
    Account,
    AttemptState,
    Checkout,
    LedgerEntry,
    Method,
    Payment,
    Purpose,
    Refund,
    RefundAttempt,
    RefundStatus,
    SandboxRefund,
    Way,
)
from refunds.operations import Lease, process
from tests.refunds.fake import FakeGateway

NOW = datetime.fromisoformat("2026-11-02T09:00:00+00:00")
LEGAL = {
    "-pending",
    "pending-processing",
    "pending-failed",
    "processing-completed",
    "processing-failed",
    "failed-processing",
    "failed-completed",
    "completed-failed",
}


def checkout(
    *, cause: str = "hold:1", amount: int = 100_000, gateway: str = "sandbox", now: datetime = NOW
) -> Checkout:
    """An open checkout that lasts ten minutes."""
    return operations.open_checkout(
        source="chain:1",
        purpose=Purpose.CONSULTATION,
        cause=cause,
        amount=amount,
        currency="INR",
        gateway=gateway,
        expires_at=now + timedelta(minutes=10),
        now=now,
        return_url="/appointments/1/",
        payer="patient:1",
    )


def pay(asked: Checkout, *, paid: bool = True, amount: int | None = None) -> None:
    """What the payer chose on the sandbox's page."""
    sandbox.pay(
        checkout_id=asked.pk,
        amount=amount or asked.amount,
        currency=asked.currency,
        method=asked.method,
        paid=paid,
        now=NOW,
    )


def payment(*, cause: str = "hold:1", amount: int = 100_000) -> Payment:
    """A card payment that the sandbox holds."""
    asked = checkout(cause=cause, amount=amount)
    pay(asked)
    captured = operations.capture_from_gateway(checkout_id=asked.pk, now=NOW)
    assert captured is not None
    return captured.payment


def payment_at(gateway: str, *, amount: int = 100_000, provider_id: str = "pay_1") -> Payment:
    """A card payment that another provider holds."""
    asked = checkout(gateway=gateway, amount=amount, cause=f"hold:{provider_id}")
    return operations.record_capture(
        checkout_id=asked.pk,
        provider_id=provider_id,
        amount=amount,
        currency="INR",
        method="card",
        now=NOW,
        actor="test",
    ).payment


def by_hand(
    *, method: Method = Method.CASH, amount: int = 100_000, reference: str = "R-1", holder: str = ""
) -> Payment:
    """A payment that no provider holds."""
    return operations.record_manual_payment(
        source="chain:1",
        purpose=Purpose.CONSULTATION,
        method=method,
        amount=amount,
        currency="INR",
        reference=reference,
        now=NOW,
        actor="staff:1",
        holder=holder,
    )


def refund(
    of: Payment,
    *,
    amount: int = 75_000,
    way: Way = Way.ORIGINAL,
    cause: str = "cancel:1",
    holder: str = "",
    now: datetime = NOW,
) -> Refund:
    """A granted refund."""
    with transaction.atomic():
        return operations.request_refund(
            payment_id=of.pk, cause=cause, amount=amount, way=way, requested_by="patient:1", now=now, holder=holder
        )


def lease(of: Refund) -> Lease:
    """The right to work on it, whatever is due."""
    held = Lease(refund_id=of.pk, token=uuid.uuid4())
    Refund.objects.filter(pk=of.pk).update(lease_token=held.token, lease_until=Now() + timedelta(seconds=90))
    return held


def work(of: Refund, *, now: datetime = NOW) -> Refund:
    """One turn of a worker, and the refund after it."""
    operations.process_refund(lease=lease(of), now=now)
    return Refund.objects.get(pk=of.pk)


def attempt(of: Refund) -> RefundAttempt:
    """The try that counts now."""
    return queries.current_attempt(refund=of)


def let_time_pass_at_the_sandbox() -> None:
    """Every refund there has settled, and those that come back have come back."""
    SandboxRefund.objects.update(settles_at=Now() - timedelta(seconds=2))
    SandboxRefund.objects.exclude(returns_at=None).update(returns_at=Now() - timedelta(seconds=1))


def settle_at_the_sandbox() -> None:
    """Every refund there has settled; none has come back yet."""
    SandboxRefund.objects.update(settles_at=Now() - timedelta(seconds=1))


def balance(account: Account) -> int:
    """Credits less debits of an account, in minor units."""
    credit = LedgerEntry.objects.filter(credit=account).aggregate(sum=Sum("amount", default=0))["sum"]
    debit = LedgerEntry.objects.filter(debit=account).aggregate(sum=Sum("amount", default=0))["sum"]
    return int(credit) - int(debit)


def broken_promises() -> list[str]:
    """What must hold after every step, whatever happened. Empty when it does."""
    owed = 0
    broken = [
        f"reserved of {paid} is not the sum of its refunds"
        for paid in Payment.objects.prefetch_related("refunds")
        if paid.reserved != sum(one.amount for one in paid.refunds.all())
    ]
    for one in Refund.objects.prefetch_related("attempts", "events", "entries"):
        states = [row.state for row in one.attempts.all()]
        steps = [f"{event.from_status}-{event.to_status}" for event in one.events.all()]
        completed = one.status == RefundStatus.COMPLETED
        owed += 0 if completed else one.amount
        checks = {
            "one try holds money": sum(state in MONEY_HOLDING for state in states) <= 1,
            "completed is one success": states.count(AttemptState.SUCCEEDED) == int(completed),
            "history is gapless": [e.sequence for e in one.events.all()] == list(range(1, len(steps) + 1)),
            "history ends here": steps[-1].endswith(f"-{one.status}"),
            "history is a chain": all(a.split("-")[1] == b.split("-")[0] for a, b in itertools.pairwise(steps)),
            "steps are legal": set(steps) <= LEGAL,
            "one grant": one.entries.filter(kind="grant").count() == 1,
            "pending was never sent": one.status != RefundStatus.PENDING or states == [AttemptState.READY],
        }
        broken += [f"{one}: {name}" for name, holds in checks.items() if not holds]
    if balance(Account.REFUNDS_PAYABLE) != owed:
        broken.append("refunds payable is not what is owed")
    return broken


def take(of: Refund) -> None:
    """A worker wrote its send ahead and died."""
    process.take(lease=lease(of), now=NOW)


def give_up(of: Refund, gateway: FakeGateway) -> None:
    """Sent with an unknown outcome, and the key has grown too old to send again."""
    gateway.on_send = Unknown()
    work(of)
    RefundAttempt.objects.filter(refund=of).update(first_sent_at=Now() - timedelta(days=1))
    work(of)


def paid_elsewhere() -> CheckoutFact:
    """A capture whose id we know from another checkout."""
    return CheckoutFact(captures=(CaptureFact(provider_id="sbx", amount=100_000, currency="INR", method="card"),))
