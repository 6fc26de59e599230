"""Asking for money."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.http import url_has_allowed_host_and_scheme

from refunds import locks, pacing, record
from refunds.errors import CheckoutMismatch
from refunds.gateways.base import CheckoutRequest
from refunds.gateways.registry import gateway_named
from refunds.models import Checkout, CheckoutState, Method, Purpose


def open_checkout(
    *,
    source: str,
    purpose: Purpose,
    cause: str,
    amount: int,
    currency: str,
    gateway: str,
    expires_at: datetime,
    now: datetime,
    method: Method = Method.CARD,
    return_url: str = "",
    payer: str = "",
) -> Checkout:
    """Ask for `amount` minor units until `expires_at`. While one is open for `cause`, a repeat returns it.

    Rows only: `start_checkout` gives the page. `return_url` is a path on this site. Raises `CheckoutMismatch` when the open one
    asks for other money, `ValueError` for an amount that is not positive or an address elsewhere.
    """
    if amount <= 0:
        raise ValueError("a checkout needs a positive amount")
    if return_url and not url_has_allowed_host_and_scheme(return_url, allowed_hosts=None):
        raise ValueError("a checkout returns to a path on this site")
    with transaction.atomic():
        current = _open_one(cause=cause, now=now)
        if current is None:
            try:
                with transaction.atomic():
                    return Checkout.objects.create(
                        source=source,
                        purpose=purpose,
                        cause=cause,
                        amount=amount,
                        currency=currency,
                        gateway=gateway,
                        method=method,
                        payer=payer,
                        return_url=return_url,
                        created_at=now,
                        expires_at=expires_at,
                        next_at=now + pacing.ASK_CHECKOUT_EVERY,
                    )
            except IntegrityError:  # another page asked in the same moment
                current = Checkout.objects.get(cause=cause, state=CheckoutState.OPEN)
        if (current.amount, current.currency) != (amount, currency):
            raise CheckoutMismatch
        return current


def start_checkout(*, checkout_id: UUID, now: datetime) -> str | None:
    """The address where the payer pays; none when the checkout is over. Talks to the provider: call it outside transactions.

    Raises the provider's `GatewayError` when it gives no page.
    """
    checkout = Checkout.objects.get(pk=checkout_id)
    if checkout.state not in (CheckoutState.OPEN, CheckoutState.DECLINED) or checkout.expires_at < now:
        return None
    started = gateway_named(checkout.gateway).start_checkout(as_request(checkout=checkout))
    if started.provider_id:
        Checkout.objects.filter(pk=checkout.pk).update(provider_id=started.provider_id)
    return started.url


def close_checkouts(*, cause: str) -> None:
    """End the open checkout of a deed: what it asks for has changed. Money that still comes for it goes back in full."""
    with transaction.atomic():
        for checkout in locks.lock_checkouts(cause=cause):
            if checkout.state == CheckoutState.OPEN:
                record.move_checkout(checkout=checkout, to=CheckoutState.EXPIRED)


def as_request(*, checkout: Checkout) -> CheckoutRequest:
    """The checkout as its provider gets it."""
    return CheckoutRequest(
        checkout_id=checkout.pk,
        amount=checkout.amount,
        currency=checkout.currency,
        method=checkout.method,
        provider_id=checkout.provider_id,
        return_url=checkout.return_url,
        expires_at=checkout.expires_at,
    )


def _open_one(*, cause: str, now: datetime) -> Checkout | None:
    """The open checkout of a deed. One that has run out is closed on the way."""
    for checkout in locks.lock_checkouts(cause=cause):
        if checkout.state != CheckoutState.OPEN:
            continue
        if checkout.expires_at >= now:
            return checkout
        record.move_checkout(checkout=checkout, to=CheckoutState.EXPIRED)
    return None
