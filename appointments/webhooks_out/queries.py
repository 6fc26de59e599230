"""What of the webhooks a partner or an account may see."""

from django.db.models import F, Q, QuerySet

from appointments.models import Centre, Channel, WebhookDelivery, WebhookEndpoint, WebhookTry
from appointments.partners.callers import Caller


def endpoints_of_partner(caller: Caller) -> QuerySet[WebhookEndpoint]:
    """Return the addresses of the caller's partner, oldest first."""
    return WebhookEndpoint.objects.filter(partner=caller.partner_id).order_by("pk")


def endpoint_of_partner(caller: Caller, *, endpoint_id: int) -> WebhookEndpoint | None:
    """Return an address of the caller's partner, or None."""
    return endpoints_of_partner(caller).filter(pk=endpoint_id).first()


def has_another_at(endpoint: WebhookEndpoint, *, url: str) -> bool:
    """Tell whether the partner of this address has that one already."""
    return WebhookEndpoint.objects.filter(partner=endpoint.partner_id, url=url).exclude(pk=endpoint.pk).exists()


def deliveries_of_partner(caller: Caller) -> QuerySet[WebhookDelivery]:
    """Return deliveries to the caller's partner, of the channels that this key reaches; `at` is when it happened."""
    centres = Channel.objects.filter(pk__in=caller.channel_ids).values("centre")
    seen = Q(message__channel__in=caller.channel_ids) | Q(message__centre__in=centres)
    ours = WebhookDelivery.objects.filter(seen, endpoint__partner=caller.partner_id)
    return ours.select_related("message").annotate(at=F("message__at"))


def delivery_of_partner(caller: Caller, *, delivery_id: int) -> WebhookDelivery | None:
    """Return a delivery of the caller's, or None."""
    return deliveries_of_partner(caller).filter(pk=delivery_id).first()


def at_centres(centres: QuerySet[Centre]) -> Q:
    """Return the condition on deliveries about bookings and slots of these centres."""
    return Q(message__channel__centre__in=centres) | Q(message__centre__in=centres)


def log_of(delivery: WebhookDelivery) -> QuerySet[WebhookTry]:
    """Return the tries of a delivery, newest first."""
    return delivery.log.order_by("-at", "-pk")
