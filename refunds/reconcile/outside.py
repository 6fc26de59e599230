"""Refunds that were made without us: booked once, and told to a person."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from refunds import ledger, locks, record
from refunds.gateways.base import RefundFact
from refunds.models import IncidentKind, OutsideRefund, Payment


def book_outside(*, gateway: str, fact: RefundFact, now: datetime) -> OutsideRefund | None:
    """Book a refund of one of our payments that the provider paid and we did not ask for. The same one again changes nothing.

    What was already granted here is not taken back: no more is booked than is left of the payment, and the rest is an incident of its own.
    None: not our payment, not paid (yet), or in another currency, which a person is told.
    """
    if fact.state != "succeeded":
        return None
    with transaction.atomic():
        known = Payment.objects.filter(gateway=gateway, provider_id=fact.payment_provider_id or "").first()
        if known is None:
            return None
        payment = locks.lock_payment(payment_id=known.pk)
        booked_before = OutsideRefund.objects.filter(gateway=gateway, provider_id=fact.provider_id).first()
        if booked_before is not None:
            return booked_before
        if fact.currency != payment.currency:
            _tell(kind=IncidentKind.MISMATCH, payment=payment, fact=fact, booked=0, now=now)
            return None
        booked = min(fact.amount, payment.remaining)
        outside = OutsideRefund.objects.create(
            payment=payment,
            gateway=gateway,
            provider_id=fact.provider_id,
            amount=fact.amount,
            booked=booked,
            currency=fact.currency,
            reference=fact.reference,
            found_at=now,
        )
        if booked:
            Payment.objects.filter(pk=payment.pk).update(refunded_elsewhere=F("refunded_elsewhere") + booked)
            ledger.post_outside(outside=outside, at=now)
        kind = IncidentKind.OUTSIDE_REFUND if booked == fact.amount else IncidentKind.OUTSIDE_ABOVE
        _tell(kind=kind, payment=payment, fact=fact, booked=booked, now=now)
    return outside


def _tell(*, kind: IncidentKind, payment: Payment, fact: RefundFact, booked: int, now: datetime) -> None:
    """The incident, with what the provider said."""
    record.note_incident(
        key=f"{kind}:{payment.gateway}:{fact.provider_id}",
        kind=kind,
        payment=payment,
        at=now,
        details={
            "provider_id": fact.provider_id,
            "amount": fact.amount,
            "currency": fact.currency,
            "booked": booked,
            "reference": fact.reference,
        },
    )
