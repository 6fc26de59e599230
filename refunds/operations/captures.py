"""Recording money that came in. Money is a fact: it is recorded even when nobody wants it any more."""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from refunds import ledger, locks, pacing, queries, record
from refunds.errors import CreditTooLow, PaymentMismatch
from refunds.gateways.registry import gateway_named
from refunds.models import MANUAL_GATEWAY, Checkout, CheckoutState, Method, Payment, Purpose
from refunds.operations.checkouts import as_request

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Capture:
    """A recorded payment. Not `usable`: too late, twice or another amount; it has to go back in full."""

    payment: Payment
    usable: bool


def record_capture(
    *, checkout_id: UUID, provider_id: str, amount: int, currency: str, method: str, now: datetime, actor: str
) -> Capture:
    """Record what a provider captured for a checkout. The same `provider_id` gives the same row.

    Raises `PaymentMismatch` when that id is known with other money or for another checkout.
    """
    with transaction.atomic():
        cause = Checkout.objects.values_list("cause", flat=True).get(pk=checkout_id)
        checkout = {row.pk: row for row in locks.lock_checkouts(cause=cause)}[checkout_id]
        known = Payment.objects.filter(gateway=checkout.gateway, provider_id=provider_id).first()
        if known is not None:
            if (known.checkout_id, known.amount, known.currency) != (checkout_id, amount, currency):
                raise PaymentMismatch
            return Capture(payment=known, usable=known.usable)
        usable = (
            checkout.state in (CheckoutState.OPEN, CheckoutState.DECLINED)
            and now <= checkout.expires_at
            and (amount, currency) == (checkout.amount, checkout.currency)
            and not Payment.objects.filter(cause=cause, usable=True).exists()
        )
        payment = Payment.objects.create(
            source=checkout.source,
            purpose=checkout.purpose,
            cause=cause,
            currency=currency,
            amount=amount,
            method=method if method in Method.values else checkout.method,
            gateway=checkout.gateway,
            provider_id=provider_id,
            usable=usable,
            captured_at=now,
            payer=checkout.payer,
            recorded_by=actor,
            checkout=checkout,
        )
        ledger.post_capture(payment=payment, holder="", at=now)
        if usable:
            record.move_checkout(checkout=checkout, to=CheckoutState.PAID)
    return Capture(payment=payment, usable=usable)


def capture_from_gateway(*, checkout_id: UUID, now: datetime) -> Capture | None:
    """Ask the provider what became of a checkout and record it: paid, declined, run out, or nothing yet.

    The return page, a webhook and the sweep may all call it, outside transactions. None: no money was seen. A provider that does not answer
    is none as well; the sweep asks again.
    """
    checkout = Checkout.objects.get(pk=checkout_id)
    next_at = pacing.ask_checkout_at(created_at=checkout.created_at, expires_at=checkout.expires_at, now=now)
    Checkout.objects.filter(pk=checkout_id).update(next_at=next_at)
    try:
        fact = gateway_named(checkout.gateway).look_at_checkout(as_request(checkout=checkout))
    except Exception:  # noqa: BLE001 (whatever an adapter raises, the page goes on)
        _log.exception("The provider gives no news of checkout %s", checkout_id)
        return None
    captures = [
        record_capture(
            checkout_id=checkout_id,
            provider_id=capture.provider_id,
            amount=capture.amount,
            currency=capture.currency,
            method=capture.method,
            now=now,
            actor=f"gateway:{checkout.gateway}",
        )
        for capture in fact.captures
    ]
    if not captures:
        _close_unpaid(checkout=checkout, declined=fact.declined, now=now)
        return None
    return next((capture for capture in captures if capture.usable), captures[-1])


def record_manual_payment(
    *,
    source: str,
    purpose: Purpose,
    method: Method,
    amount: int,
    currency: str,
    reference: str,
    now: datetime,
    actor: str,
    holder: str = "",
    payer: str = "",
) -> Payment:
    """Record cash, a bank transfer, an insurer's part or patient credit, in minor units.

    With a `reference` a repeat for the same source, purpose and method gives the same row. Credit needs its `holder`. Raises
    `PaymentMismatch` for a known reference with other money, `CreditTooLow`, and `ValueError` for an amount that is not positive or
    credit without a holder.
    """
    if amount <= 0:
        raise ValueError("a payment needs a positive amount")
    by_credit = method == Method.CREDIT
    if by_credit and not holder:
        raise ValueError("credit belongs to somebody")
    provider_id = f"{source}|{purpose}|{method}|{reference}" if reference else ""
    with transaction.atomic():
        locks.lock_name(name=f"payment:{provider_id}")
        known = Payment.objects.filter(gateway=MANUAL_GATEWAY, provider_id=provider_id).first() if reference else None
        if known is not None:
            if (known.amount, known.currency) != (amount, currency):
                raise PaymentMismatch
            return known
        if by_credit:
            _check_credit(holder=holder, amount=amount, currency=currency)
        payment = Payment.objects.create(
            source=source,
            purpose=purpose,
            currency=currency,
            amount=amount,
            method=method,
            gateway=MANUAL_GATEWAY,
            provider_id=provider_id,
            captured_at=now,
            payer=payer,
            recorded_by=actor,
            reference=reference,
        )
        ledger.post_capture(payment=payment, holder=holder if by_credit else "", at=now)
    return payment


def _check_credit(*, holder: str, amount: int, currency: str) -> None:
    """Keep other spenders of this credit out until the transaction ends. Raises `CreditTooLow`."""
    locks.lock_name(name=f"credit:{holder}")
    balance = queries.credit_balance(holder=holder, currency=currency)
    if balance < amount:
        raise CreditTooLow(available=balance)


def _close_unpaid(*, checkout: Checkout, declined: bool, now: datetime) -> None:
    """An open checkout that was declined or has run out is over."""
    with transaction.atomic():
        for row in locks.lock_checkouts(cause=checkout.cause):
            if row.pk != checkout.pk or row.state != CheckoutState.OPEN:
                continue
            if declined:
                record.move_checkout(checkout=row, to=CheckoutState.DECLINED)
            elif row.expires_at < now:
                record.move_checkout(checkout=row, to=CheckoutState.EXPIRED)
