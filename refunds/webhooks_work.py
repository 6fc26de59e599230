"""What a webhook means. It is believed in nothing but that something happened: the object is read again from the provider.

So events may come twice, late, out of order or never: each leads to the same fact, and facts have one door.
"""

import logging
from datetime import datetime

from refunds import operations, webhooks_inbox
from refunds.gateways.base import Rejected
from refunds.gateways.news import Subject, TellsByWebhook
from refunds.gateways.registry import gateway_named
from refunds.models import Checkout, GatewayEvent, InboxState
from refunds.reconcile.disputes import take_in_dispute
from refunds.reconcile.nightly import attempt_of

_log = logging.getLogger(__name__)


class NotOurs(Exception):
    """The event is genuine and means nothing to us; the message says why."""


def work_off(*, key: int, now: datetime) -> None:
    """Take in one claimed event. Never raises: a poisoned event waits alone. Call it outside transactions."""
    event = GatewayEvent.objects.get(pk=key)
    try:
        _take_in(event=event, now=now)
    except NotOurs as reason:
        webhooks_inbox.finish(key=key, state=InboxState.IGNORED, note=str(reason))
    except Exception as error:  # noqa: BLE001 (whatever it is, the next event is not to wait for it)
        _log.warning("Webhook %s could not be taken in: %r", event, error)
        webhooks_inbox.put_back(event=event, error=repr(error), now=now)
    else:
        webhooks_inbox.finish(key=key, state=InboxState.DONE)


def _take_in(*, event: GatewayEvent, now: datetime) -> None:
    """Read what it is about again, and record it. Raises `NotOurs`, and whatever goes wrong."""
    gateway = gateway_named(event.gateway)
    if not isinstance(gateway, TellsByWebhook):
        raise NotOurs("the provider tells nothing by webhook")
    subject = gateway.subject_of(body=bytes(event.body))
    if subject is None:
        raise NotOurs("not about a refund or a payment of this account")
    try:
        if subject.kind == "refund":
            _refund(gateway=gateway, subject=subject, now=now)
        elif subject.kind == "dispute":
            _dispute(gateway=gateway, subject=subject, now=now)
        else:
            _payment(gateway=gateway, subject=subject, now=now)
    except Rejected as no:
        raise NotOurs(f"the provider does not know it: {no.reason_code}") from no


def _refund(*, gateway: TellsByWebhook, subject: Subject, now: datetime) -> None:
    """Apply the refund as it is now to the attempt that it belongs to."""
    refund = gateway.read_refund(subject.provider_id)
    attempt = attempt_of(gateway=gateway.name, found=refund)
    if attempt is None:
        raise NotOurs("a refund that was made outside")
    operations.apply_outcome(attempt_id=attempt.pk, fact=refund.fact, now=now, actor=f"webhook:{gateway.name}")


def _dispute(*, gateway: TellsByWebhook, subject: Subject, now: datetime) -> None:
    """Record how the dispute stands now; while it is open, no machine pays the money back as well."""
    dispute = gateway.read_dispute(subject.provider_id)
    if take_in_dispute(gateway=gateway.name, fact=dispute, now=now) is None:
        raise NotOurs("a dispute about a payment for something else")


def _payment(*, gateway: TellsByWebhook, subject: Subject, now: datetime) -> None:
    """Record what was captured for one of our checkouts."""
    payment = gateway.read_payment(subject.provider_id)
    ours = Checkout.objects.filter(gateway=gateway.name)
    if payment.checkout_id is None or not ours.filter(pk=payment.checkout_id).exists():
        raise NotOurs("a payment for something else")
    if payment.capture is None:
        raise NotOurs("nothing was captured")
    operations.record_capture(
        checkout_id=payment.checkout_id,
        provider_id=payment.capture.provider_id,
        amount=payment.capture.amount,
        currency=payment.capture.currency,
        method=payment.capture.method,
        now=now,
        actor=f"webhook:{gateway.name}",
    )
