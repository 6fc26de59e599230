"""A provider for demonstrations and tests. It keeps its own books, commits on its own and lives by the database's clock.

It does what real ones do: refunds are asynchronous, a key seen before answers as the first time, the same key with another body is an
error, and no charge is refunded above what was paid. The last two digits of a refund's minor units choose a fault:

    amount  what happens
    ….11    refused for certain: the card is closed
    ….13    the first call does it, but the answer is lost
    ….17    the first call is lost before anything is done
    ….19    done, but pending for two minutes
    ….23    the first call answers 500 and does nothing
    ….29    succeeds, and a minute later the bank returns the money

Any other amount succeeds after `settings.SANDBOX_SETTLE_SECONDS`.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Now
from django.urls import reverse

from refunds.gateways.base import (
    CaptureFact,
    CheckoutFact,
    CheckoutRequest,
    CheckoutStarted,
    KeyReused,
    RefundFact,
    RefundFactState,
    RefundRequest,
    Rejected,
    Unknown,
)
from refunds.gateways.news import TaggedRefund
from refunds.models import SandboxCharge, SandboxRefund, SandboxRequest

CLOSED_CARD = 11
LOST_ANSWER = 13
LOST_REQUEST = 17
SLOW = 19
SERVER_ERROR = 23
RETURNED = 29

SLOW_FOR = timedelta(minutes=2)
RETURNED_AFTER = timedelta(minutes=1)


class SandboxGateway:
    """The provider's face, with the provider behind it."""

    name = "sandbox"
    key_lifetime = timedelta(hours=23)
    poll_every = timedelta(seconds=5)

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """The sandbox's page, on this very site."""
        return CheckoutStarted(provider_id="", url=reverse("sandbox:pay", args=[request.checkout_id]))

    def look_at_checkout(self, request: CheckoutRequest) -> CheckoutFact:
        """What the payer did on the page."""
        charge = SandboxCharge.objects.filter(checkout=request.checkout_id).first()
        if charge is None:
            return CheckoutFact()
        if not charge.paid:
            return CheckoutFact(declined=True)
        capture = CaptureFact(
            provider_id=charge.pk, amount=charge.amount, currency=charge.currency, method=charge.method
        )
        return CheckoutFact(captures=(capture,))

    def create_refund(self, request: RefundRequest) -> RefundFact:
        """Refund a charge, or play the fault that the amount asks for. Raises `Rejected`, `Unknown` or `KeyReused`."""
        fault = request.amount % 100
        with transaction.atomic(durable=True):
            known, _ = SandboxRequest.objects.get_or_create(key=request.key, defaults={"body": request.as_body()})
            SandboxRequest.objects.filter(pk=known.pk).update(calls=F("calls") + 1)
            first_call = known.calls == 0
            if known.body != request.as_body():
                raise KeyReused
            lost = first_call and fault in (LOST_REQUEST, SERVER_ERROR)
            if known.refund_id is None and not lost:
                known.refund = self._refund(request=request, fault=fault)
                known.save(update_fields=["refund"])
        if lost or (first_call and fault == LOST_ANSWER):
            raise Unknown
        return self.fetch_refund(known.refund_id or "")

    def find_refunds(self, request: RefundRequest) -> tuple[RefundFact, ...]:
        """The refunds of the charge that carry the tag."""
        rows = _with_progress().filter(charge=request.payment_provider_id, tag=request.tag)
        return tuple(_fact(row) for row in rows.order_by("settles_at", "pk"))

    def fetch_refund(self, provider_id: str) -> RefundFact:
        """One refund as it stands now. Raises `Unknown` for an id that the sandbox never gave."""
        row = _with_progress().filter(pk=provider_id).first()
        if row is None:
            raise Unknown
        return _fact(row)

    def list_refunds(self, *, since: datetime) -> Iterator[TaggedRefund]:
        """Every refund there; the sandbox does not remember when each was made."""
        for row in _with_progress().order_by("pk"):
            yield TaggedRefund(tag=row.tag, fact=_fact(row))

    def _refund(self, *, request: RefundRequest, fault: int) -> SandboxRefund:
        """Write the refund into the sandbox's books. Raises `Rejected`."""
        charge = SandboxCharge.objects.filter(pk=request.payment_provider_id, paid=True).first()
        if charge is None:
            raise Rejected("no_such_payment")
        if fault == CLOSED_CARD:
            raise Rejected("closed_card")
        refunded = charge.refunds.aggregate(total=Sum("amount"))["total"] or 0
        if request.currency != charge.currency or refunded + request.amount > charge.amount:
            raise Rejected("above_the_charge")
        settles_at = Now() + (SLOW_FOR if fault == SLOW else timedelta(seconds=settings.SANDBOX_SETTLE_SECONDS))
        return SandboxRefund.objects.create(
            id=f"sbx_re_{uuid.uuid4().hex}",
            charge=charge,
            tag=request.tag,
            amount=request.amount,
            currency=request.currency,
            settles_at=settles_at,
            returns_at=settles_at + RETURNED_AFTER if fault == RETURNED else None,
        )


def pay(*, checkout_id: uuid.UUID, amount: int, currency: str, method: str, paid: bool, now: datetime) -> SandboxCharge:
    """Take what the payer chose on the page. A charge that is paid stays paid; a declined one may be paid later."""
    with transaction.atomic(durable=True):
        charge, _ = SandboxCharge.objects.get_or_create(
            checkout=checkout_id,
            defaults={
                "id": f"sbx_ch_{uuid.uuid4().hex}",
                "amount": amount,
                "currency": currency,
                "method": method,
                "paid": paid,
                "made_at": now,
            },
        )
        if paid and not charge.paid:
            charge.paid = True
            charge.save(update_fields=["paid"])
    return charge


def _with_progress() -> QuerySet[SandboxRefund]:
    """Refunds with how far the database's clock has brought them."""
    return SandboxRefund.objects.annotate(
        settled=ExpressionWrapper(Q(settles_at__lte=Now()), output_field=BooleanField()),
        returned=ExpressionWrapper(Q(returns_at__isnull=False, returns_at__lte=Now()), output_field=BooleanField()),
    )


def _fact(row: SandboxRefund) -> RefundFact:
    """The row in the words of the protocol."""
    settled, returned = bool(getattr(row, "settled", False)), bool(getattr(row, "returned", False))
    state: RefundFactState = "failed" if returned else "succeeded" if settled else "pending"
    return RefundFact(
        provider_id=row.pk,
        state=state,
        amount=row.amount,
        currency=row.currency,
        payment_provider_id=row.charge_id,
        reference=f"SBX{row.pk[-12:].upper()}" if settled else "",
        reason="returned_by_bank" if returned else "",
    )
