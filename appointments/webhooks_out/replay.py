"""Sending again: one delivery, or everything an address should have heard since a moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from appointments.models import Channel, WebhookDelivery, WebhookEndpoint, WebhookMessage
from appointments.webhooks_out.news import DELIVER
from refunds.nudges import nudge

MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Replay:
    """How many deliveries wait now. `next_since` is where to go on when there was more; else None."""

    queued: int
    next_since: datetime | None


def send_again(*, delivery_id: int, now: datetime) -> bool:
    """Let one delivery wait again, with all its tries and the same webhook-id. False where its address is switched off."""
    ours = WebhookDelivery.objects.filter(pk=delivery_id, endpoint__switched_off_at__isnull=True)
    changed = ours.update(**_anew(now))
    nudge(DELIVER)
    return bool(changed)


@transaction.atomic
def replay_since(
    *, endpoint: WebhookEndpoint, since: datetime, now: datetime, channel_ids: Collection[int] | None = None
) -> Replay:
    """Let everything that happened since a moment be sent (again) to an address, oldest first, a thousand at once.

    `channel_ids` narrow it to what a narrower key may see; None: all channels of the partner.
    """
    if endpoint.switched_off_at is not None:
        return Replay(0, None)
    chosen = list(_messages(endpoint, channel_ids).filter(at__gte=since).order_by("at", "pk")[: MOST_AT_ONCE + 1])
    messages, rest = chosen[:MOST_AT_ONCE], chosen[MOST_AT_ONCE:]
    WebhookDelivery.objects.filter(endpoint=endpoint, message__in=messages).update(**_anew(now))
    missing = [WebhookDelivery(message=message, endpoint=endpoint, next_at=now) for message in messages]
    WebhookDelivery.objects.bulk_create(missing, ignore_conflicts=True)
    nudge(DELIVER)
    return Replay(len(messages), rest[0].at if rest else None)


def _messages(endpoint: WebhookEndpoint, channel_ids: Collection[int] | None) -> QuerySet[WebhookMessage]:
    """Return what this address hears: of the partner's channels as they are now, and of the kinds that it wants."""
    channels = Channel.objects.filter(partners=endpoint.partner_id)
    if channel_ids is not None:
        channels = channels.filter(pk__in=channel_ids)
    messages = WebhookMessage.objects.filter(
        Q(channel__in=channels) | Q(centre__in=channels.values("centre")), handed_at__isnull=False
    ).exclude(body="")
    return messages.filter(kind__in=endpoint.kinds) if endpoint.kinds else messages


def _anew(now: datetime) -> dict[str, object]:
    return {
        "state": WebhookDelivery.State.WAITING,
        "tries": 0,
        "next_at": now,
        "claim": None,
        "delivered_at": None,
        "problem": "",
    }
