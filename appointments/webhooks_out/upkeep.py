"""What has to be done beside sending: old rows go, and contacts learn that their address was switched off."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from appointments.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from appointments.webhooks_out import pace

KEPT_FOR = timedelta(days=30)
_AT_ONCE = 1000
_AGAIN_AFTER = timedelta(minutes=10)
_log = logging.getLogger(__name__)


def forget_old_messages(*, now: datetime) -> int:
    """Delete some of the webhooks that were kept for thirty days, with their deliveries and log; return how many.

    What still waits to be sent stays.
    """
    old = WebhookMessage.objects.filter(at__lte=now - KEPT_FOR, handed_at__isnull=False).exclude(
        deliveries__state=WebhookDelivery.State.WAITING
    )
    chosen = list(old.order_by("at").values_list("pk", flat=True)[:_AT_ONCE])
    WebhookMessage.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def tell_contacts(*, now: datetime) -> int:
    """Write to the contacts of addresses that switched themselves off; return how many. A mail that fails goes later."""
    due = WebhookEndpoint.objects.filter(contact_due_at__lte=now, switched_off_at__isnull=False)
    return sum(_tell(endpoint, now=now) for endpoint in due.select_related("partner"))


def _tell(endpoint: WebhookEndpoint, *, now: datetime) -> bool:
    """Claim the notice and send it. A crash in between makes it go twice."""
    ours = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    if not ours.filter(contact_due_at=endpoint.contact_due_at).update(contact_due_at=now + _AGAIN_AFTER):
        return False
    if endpoint.contact:
        values = {"endpoint": endpoint, "days": pace.SWITCHED_OFF_AFTER.days, "site": settings.SITE_URL}
        text = render_to_string("mail/webhook_off.txt", values)
        try:
            EmailMessage(_("Webhooks to you were switched off"), text, to=[endpoint.contact]).send()
        except Exception:  # noqa: BLE001 (whatever goes wrong with one mail, the others go out)
            _log.exception("The contact of webhook endpoint %s could not be told", endpoint.pk)
            return False
    ours.update(contact_due_at=None)
    return bool(endpoint.contact)
