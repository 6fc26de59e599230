"""From what there is to tell to one delivery for each address that listens, in one transaction a message."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from appointments import queries
from appointments.models import Slot, WebhookDelivery, WebhookEndpoint, WebhookKind, WebhookMessage
from appointments.waiting.line import first_word_until
from appointments.webhooks_out.bodies import slot_body


def due_messages(*, now: datetime, limit: int) -> list[WebhookMessage]:
    """Return messages that are to be handed over, oldest first."""
    due = WebhookMessage.objects.filter(handed_at__isnull=True, due_at__lte=now).select_related("slot__doctor__centre")
    return list(due.order_by("due_at", "at")[:limit])


@transaction.atomic
def hand_over(message: WebhookMessage, *, now: datetime) -> int:
    """Make the deliveries of one message and return how many; safe to repeat, and to do twice at once."""
    if message.kind == WebhookKind.SLOT_RELEASED and not _still_to_be_told(message, now=now):
        return 0
    made = WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(message=message, endpoint=endpoint, next_at=now)
            for endpoint in listeners(message)
            if not endpoint.kinds or message.kind in endpoint.kinds
        ],
        ignore_conflicts=True,
    )
    WebhookMessage.objects.filter(pk=message.pk).update(handed_at=now, body=message.body)
    return len(made)


def listeners(message: WebhookMessage) -> QuerySet[WebhookEndpoint]:
    """Return the addresses in use of partners that the message is for; whoever came later does not hear of it."""
    channel = Q(partner__channels=message.channel_id)
    centre = Q(partner__channels__centre=message.centre_id)
    return WebhookEndpoint.objects.filter(
        channel if message.channel_id else centre,
        partner__is_active=True,
        switched_off_at__isnull=True,
        created_at__lte=message.at,
    ).distinct()


def _still_to_be_told(message: WebhookMessage, *, now: datetime) -> bool:
    """Write the body where the slot can be had now. Otherwise wait as long as staff have put it off, or tell nobody."""
    slot = message.slot
    if slot is not None and not slot.is_withdrawn and slot.bookable_from and slot.bookable_from > now:
        WebhookMessage.objects.filter(pk=message.pk).update(due_at=slot.bookable_from, at=slot.bookable_from)
        return False
    asked_again = first_word_until(slot, now=now) if slot is not None else None
    if asked_again is not None:
        WebhookMessage.objects.filter(pk=message.pk).update(due_at=asked_again, at=asked_again)
        return False
    if slot is None or not _is_free(slot, now=now):
        WebhookMessage.objects.filter(pk=message.pk).update(handed_at=now)
        return False
    message.body = slot_body(slot, at=message.at)
    return True


def _is_free(slot: Slot, *, now: datetime) -> bool:
    free = queries.free_slots(centre_id=slot.doctor.centre_id, now=now, until=slot.ends_at)
    return free.filter(pk=slot.pk).exists()
