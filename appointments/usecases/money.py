"""Money of a chain: asking `refunds` to give back what a quote allocates."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from appointments.actor import Actor
from appointments.errors import ChangedMeanwhileError
from appointments.models import Chain
from appointments.promises import promise_for
from policies.rules.money import Allocation
from refunds import operations as refund_operations
from refunds.errors import OverRefund
from refunds.models import Way


def give_back(allocations: Iterable[Allocation], *, chain: Chain, cause: str, actor: Actor, now: datetime) -> None:
    """Record the refunds of a quote in the caller's transaction; workers carry them out after the commit.

    Raises ChangedMeanwhileError where money left the payments after the quote was made, as the provider told in that very moment.
    """
    for part in allocations:
        try:
            refund_operations.request_refund(
                payment_id=UUID(part.payment),
                cause=cause,
                amount=part.amount,
                way=Way(part.way.value),
                requested_by=actor.label,
                now=now,
                holder=chain.patient.credit_holder,
                promised_on=promise_for(part.way, granted_at=now, centre=chain.channel.centre),
            )
        except OverRefund as gone:
            raise ChangedMeanwhileError from gone
