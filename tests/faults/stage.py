"""One provider behind its SDK, workers that can be killed, and time that passes on both sides."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from appointments.models import Appointment
from refunds import operations, queries
from refunds.models import Breaker, Checkout, GatewayEvent, Incident, Payment, Purpose, Refund, RefundAttempt, Way
from tests.faults.workers import Workers
from tests.refunds.bench import PAID, Bench
from tests.refunds.webhooks.post import Post

AMOUNT = 40_000
"""A small part of what was paid (`PAID`), so that the provider's own limit hides no double."""
LEASE = timedelta(seconds=91)


@dataclass
class Stage:
    """Where a fault is played."""

    bench: Bench
    workers: Workers
    post: Callable[..., Post]
    passed: timedelta = field(default_factory=timedelta)

    def payment(self, *, amount: int = PAID, **more: Any) -> Payment:
        """Money that the provider holds and that we know of."""
        provider_id = self.bench.payment(amount=amount, **more)
        now = timezone.now()
        asked = operations.open_checkout(
            source="chain:1",
            purpose=Purpose.CONSULTATION,
            cause=f"hold:{provider_id}",
            amount=amount,
            currency="INR",
            gateway=self.bench.provider,
            expires_at=now + timedelta(minutes=10),
            now=now,
            return_url="/",
            payer="patient:1",
        )
        paid = operations.record_capture(
            checkout_id=asked.pk,
            provider_id=provider_id,
            amount=amount,
            currency="INR",
            method="card",
            now=now,
            actor="test",
        ).payment
        Checkout.objects.filter(pk=asked.pk).update(next_at=None)
        return paid

    def refund(self, of: Payment | None = None, *, amount: int = AMOUNT, cause: str = "cancel:1") -> Refund:
        """A granted refund that waits for a worker."""
        with transaction.atomic():
            return operations.request_refund(
                payment_id=(of or self.payment()).pk,
                cause=cause,
                amount=amount,
                way=Way.ORIGINAL,
                requested_by="patient:1",
                now=timezone.now(),
            )

    def work(self, *, turns: int = 1, apart: timedelta = timedelta(hours=7)) -> None:
        """Workers look at what is due, so many times, `apart` from each other."""
        for turn in range(turns):
            if turn:
                self.after(apart)
            self.workers.run()

    def after(self, while_: timedelta) -> None:
        """Time passes, here and at the provider: even what no deed may change gets older."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no guard stops a clock
            for model, moments in _MOMENTS.items():
                model._default_manager.update(**{moment: F(moment) - while_ for moment in moments})
        Appointment.objects.filter(status="draft").update(hold_expires_at=F("hold_expires_at") - while_)
        self.passed += while_
        self.bench.fake.clock(ahead=self.passed.total_seconds())

    def until_called(self, operation: str = "create_refund", *, times: int = 1) -> None:
        """Wait until the provider has been called."""
        deadline = time.monotonic() + 20
        while self.bench.called(operation) < times:
            assert time.monotonic() < deadline, f"nobody called {operation}"
            time.sleep(0.02)

    def executed(self) -> tuple[int, int]:
        """How many refunds the provider really made that stand, and their sum."""
        totals = self.bench.fake.executed().values()
        return sum(count for count, _ in totals), sum(amount for _, amount in totals)

    def news(self) -> list[Any]:
        """Post every event of the provider that was not posted yet, and take them in."""
        events = self.bench.fake.events()
        assert [self.post(event).status for event in events] == [200] * len(events)
        self.workers.run("webhooks")
        return events


def state(of: Refund) -> tuple[str, str]:
    """The refund's status, and the state of the try that counts."""
    fresh = Refund.objects.get(pk=of.pk)
    return fresh.status, attempt(of).state


def reason(of: Refund) -> str:
    """Why it failed."""
    return Refund.objects.get(pk=of.pk).reason_code


def attempt(of: Refund) -> RefundAttempt:
    """The try that counts."""
    return queries.current_attempt(refund=of)


def incidents() -> list[str]:
    """What people were told, oldest first."""
    return list(Incident.objects.order_by("pk").values_list("kind", flat=True))


def open_transactions() -> int:
    """Connections of others that sit in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND (xact_start IS NOT NULL OR state LIKE 'idle in transaction%')"
        )
        return int(cursor.fetchone()[0])


PAID_ONCE = (1, AMOUNT)
NOTHING = (0, 0)
DONE = ("completed", "succeeded")
_MOMENTS: dict[Any, tuple[str, ...]] = {
    Refund: ("next_at", "lease_until", "granted_at", "settled_at"),
    RefundAttempt: ("created_at", "first_sent_at", "last_sent_at"),
    GatewayEvent: ("next_at", "received_at"),
    Checkout: ("next_at", "created_at", "expires_at"),
    Payment: ("captured_at",),
    Breaker: ("paused_until",),
}
