"""Making the next try of a refund."""

from datetime import datetime

from refunds import record
from refunds.gateways.base import RefundRequest
from refunds.models import Payment, Refund, RefundAttempt, Way


def new_attempt(*, refund: Refund, payment: Payment, now: datetime) -> RefundAttempt:
    """The next numbered try, ready, with its key and body written down; a worker is due when a provider pays it.

    The caller holds the refund's lock and has made sure that no earlier try holds money; the database refuses it otherwise.
    """
    last = refund.attempts.order_by("-number").first()
    number = last.number + 1 if last else 1
    key = RefundAttempt.key_for(refund_id=refund.pk, number=number)
    body = RefundRequest(
        key=key,
        tag=key,
        payment_provider_id=payment.provider_id,
        amount=refund.amount,
        currency=refund.currency,
    ).as_body()
    channel = payment.gateway if refund.way == Way.ORIGINAL else refund.way
    attempt = RefundAttempt.objects.create(
        refund=refund, number=number, channel=channel, key=key, body=body, created_at=now
    )
    record.schedule(refund=refund, next_at=now if refund.way == Way.ORIGINAL else None)
    return attempt
