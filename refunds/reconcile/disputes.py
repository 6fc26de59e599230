"""Payers who ask their bank for the money back. While that is open machines send no money of the payment; people may."""

from datetime import datetime

from django.db import transaction

from refunds import locks, record
from refunds.gateways.base import DisputeFact
from refunds.models import (
    AttemptState,
    Dispute,
    DisputeState,
    IncidentKind,
    Payment,
    RefundAttempt,
)
from refunds.operations.outcome import reject_unsent


def take_in_dispute(*, gateway: str, fact: DisputeFact, now: datetime) -> Dispute | None:
    """Record how a dispute of one of our payments stands, and stop what waits to be sent while it is open. Safe to repeat.

    None: not our payment. A dispute that is over is not opened again by old news.
    """
    known = Payment.objects.filter(gateway=gateway, provider_id=fact.payment_provider_id).first()
    if known is None:
        return None
    with transaction.atomic():
        payment = locks.lock_payment(payment_id=known.pk)
        dispute, new = Dispute.objects.get_or_create(
            gateway=gateway,
            provider_id=fact.provider_id,
            defaults={
                "payment": payment,
                "amount": fact.amount,
                "currency": fact.currency,
                "state": fact.state,
                "found_at": now,
                "changed_at": now,
            },
        )
        changed = dispute.state == DisputeState.OPEN and fact.state != dispute.state
        if changed:
            dispute.state, dispute.changed_at = DisputeState(fact.state), now
            dispute.save(update_fields=["state", "changed_at"])
        if new or changed:
            record.note_incident(
                key=f"{IncidentKind.DISPUTE}:{gateway}:{fact.provider_id}:{fact.state}",
                kind=IncidentKind.DISPUTE,
                payment=payment,
                at=now,
                details={"provider_id": fact.provider_id, "amount": fact.amount, "state": fact.state},
            )
        if dispute.state == DisputeState.OPEN:
            # What goes back another way is a person's business anyway, and a second try a person's decision.
            waiting = RefundAttempt.objects.filter(
                refund__payment=payment, channel=gateway, state=AttemptState.READY, number=1
            )
            for refund_id in waiting.order_by("refund").values_list("refund", flat=True):
                reject_unsent(refund_id=refund_id, reason_code="disputed", now=now, actor=f"dispute:{gateway}")
    return dispute
