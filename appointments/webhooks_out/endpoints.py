"""Addresses of partners: made, their secrets replaced without a gap, switched off and on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from appointments.models import WebhookDelivery, WebhookEndpoint
from appointments.webhooks_out.refund_news import open_bookmark
from appointments.webhooks_out.secrets import new_secret, seal

#: How long both secrets sign once a new one was made.
BOTH_SIGN_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret that was just made. It is shown now and never again."""

    endpoint: WebhookEndpoint
    secret: str


@transaction.atomic
def make_endpoint(
    *, partner_id: int, url: str, now: datetime, kinds: list[str] | None = None, contact: str = ""
) -> NewSecret:
    """Make an address that hears of what happens from now on. The address was checked by whoever took it in."""
    open_bookmark(now=now)
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        partner_id=partner_id,
        url=url,
        kinds=kinds or [],
        contact=contact,
        sealed_secret=seal(secret),
        created_at=now,
    )
    return NewSecret(endpoint, secret)


@transaction.atomic
def replace_secret(*, endpoint_id: int, now: datetime, at_once: bool = False) -> NewSecret:
    """Make a new secret; the old one signs too for a day, unless it got into wrong hands (`at_once`).

    Raises WebhookEndpoint.DoesNotExist.
    """
    endpoint = WebhookEndpoint.objects.get(pk=endpoint_id)
    secret = new_secret()
    endpoint.sealed_old_secret = "" if at_once else endpoint.sealed_secret
    endpoint.old_secret_until = None if at_once else now + BOTH_SIGN_FOR
    endpoint.sealed_secret = seal(secret)
    endpoint.save(update_fields=["sealed_secret", "sealed_old_secret", "old_secret_until"])
    return NewSecret(endpoint, secret)


@transaction.atomic
def switch_off(*, endpoint_id: int, reason: WebhookEndpoint.OffReason, now: datetime) -> bool:
    """Send nothing there any more; what waited is given up and can be sent again later. False if it was off before.

    Unless it was done by hand, its contact is told.
    """
    by_hand = reason is WebhookEndpoint.OffReason.BY_HAND
    changed = WebhookEndpoint.objects.filter(pk=endpoint_id, switched_off_at__isnull=True).update(
        switched_off_at=now, off_reason=reason, contact_due_at=None if by_hand else now
    )
    WebhookDelivery.objects.filter(endpoint=endpoint_id, state=WebhookDelivery.State.WAITING).update(
        state=WebhookDelivery.State.GIVEN_UP, claim=None, problem="the address was switched off"
    )
    return bool(changed)


def switch_on(*, endpoint_id: int) -> bool:
    """Send there again, from a clean slate. False if it was on. What it missed is sent when somebody asks for it."""
    return bool(
        WebhookEndpoint.objects.filter(pk=endpoint_id, switched_off_at__isnull=False).update(
            switched_off_at=None,
            off_reason="",
            failures=0,
            failing_since=None,
            quiet_until=None,
            contact_due_at=None,
        )
    )
