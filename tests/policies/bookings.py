"""Facts for the rules, quietly made: ₹500.00 paid by card ten days before a confirmed appointment."""

from datetime import UTC, datetime, timedelta
from typing import Any

from policies.rules.facts import (
    ActorKind,
    Booking,
    CancellationRequest,
    ChannelFacts,
    Paid,
    PaymentMethod,
    RescheduleRequest,
    Status,
    Target,
)

TICK = timedelta(microseconds=1)
START = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
BOOKED = START - timedelta(days=10)
PATIENT = CancellationRequest(ActorKind.PATIENT)
STAFF = CancellationRequest(ActorKind.STAFF)
MOVING = RescheduleRequest(ActorKind.PATIENT)


def paid(amount: int, method: PaymentMethod = PaymentMethod.CARD, *, name: str = "p1", **changes: Any) -> Paid:
    facts: dict[str, Any] = {"refunded": 0, "captured_at": BOOKED} | changes
    return Paid(id=name, amount=amount, method=method, **facts)


def booking(**changes: Any) -> Booking:
    facts: dict[str, Any] = {
        "status": Status.CONFIRMED,
        "starts_at": START,
        "booked_at": BOOKED,
        "doctor": "d1",
        "reschedules": 0,
        "held": 500_00,
        "percent_cap": None,
        "payments": (paid(500_00),),
        "channel": ChannelFacts(),
    }
    return Booking(**(facts | changes))


def target(**changes: Any) -> Target:
    facts: dict[str, Any] = {
        "starts_at": START + timedelta(days=3),
        "doctor": "d2",
        "price": 500_00,
        "available": True,
    }
    return Target(**(facts | changes))
