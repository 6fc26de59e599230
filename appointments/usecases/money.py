"""Money of a chain: asking `refunds` to give back what a quote allocates."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from appointments.actor import Actor
from appointments.models import Chain
from policies.rules.money import Allocation
from refunds import operations as refund_operations
from refunds.models import Way


def give_back(allocations: Iterable[Allocation], *, chain: Chain, cause: str, actor: Actor, now: datetime) -> None:
    """Record the refunds of a quote in the caller's transaction; workers carry them out after the commit."""
    for part in allocations:
        refund_operations.request_refund(
            payment_id=UUID(part.payment),
            cause=cause,
            amount=part.amount,
            way=Way(part.way.value),
            requested_by=actor.label,
            now=now,
            holder=chain.patient.credit_holder,
        )
