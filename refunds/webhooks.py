"""Webhooks in: verify the raw bytes, store them once, say 200. What they mean is worked out later, by a task."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from refunds import nudges, webhooks_inbox
from refunds.gateways.news import NotGenuine, TellsByWebhook
from refunds.gateways.registry import GATEWAYS

LONGEST_BODY = 1024 * 1024
KEPT_HEADERS = ("Content-Type", "User-Agent", "Stripe-Signature", "X-Razorpay-Signature", "X-Razorpay-Event-Id")


@csrf_exempt
@require_POST
def receive(request: HttpRequest, gateway: str) -> HttpResponse:
    """One webhook of a provider. 404: not served here; 413: more than a megabyte; 400: not genuine, and nothing is stored."""
    provider: object = GATEWAYS.get(gateway)
    if not isinstance(provider, TellsByWebhook):
        return HttpResponse(status=404)
    if _too_long(request):
        return HttpResponse(status=413)
    try:
        event_id = provider.event_id(body=request.body, headers=request.headers)
    except NotGenuine:
        return HttpResponse(status=400)
    webhooks_inbox.keep(
        gateway=gateway,
        event_id=event_id,
        body=request.body,
        headers={name: request.headers[name] for name in KEPT_HEADERS if name in request.headers},
        now=timezone.now(),
    )
    nudges.nudge("refunds.work_off_webhooks")
    return HttpResponse(status=200)


def _too_long(request: HttpRequest) -> bool:
    """Whether the body is longer than any webhook, before it is read."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return not length.isdecimal() or int(length) > LONGEST_BODY
