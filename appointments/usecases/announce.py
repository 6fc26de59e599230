"""Tell patients and their carers what became of refunds. The news travels up because we read it."""

from datetime import datetime

from appointments import payouts, queries
from appointments.models import MessageKind
from appointments.telling import tell_everybody
from appointments.transactions import in_one_transaction
from refunds.models import Refund, RefundEvent


@in_one_transaction
def announce_refund(*, news: RefundEvent, now: datetime) -> bool:
    """Write the messages about a settled or failed refund, once. Returns False where there is nobody to tell."""
    refund = news.refund
    event = queries.event_behind(refund.cause) or payouts.event_of(refund)
    if event is None:
        return False
    tell_everybody(
        event=event, kind=queries.REFUND_NEWS[news.to_status], now=now, refund=refund.pk, once=str(news.sequence)
    )
    return True


@in_one_transaction
def announce_late_refund(*, refund: Refund, now: datetime) -> bool:
    """Write the messages that a refund is late, once. Returns False where there is nobody to tell."""
    event = payouts.event_of(refund)
    if event is None:
        return False
    tell_everybody(event=event, kind=MessageKind.REFUND_LATE, now=now, refund=refund.pk)
    return True
