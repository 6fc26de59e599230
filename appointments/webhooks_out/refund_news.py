"""News of refunds travels up because it is read: each step of their history is told once, however late its commit."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max

from appointments.models import Appointment, Chain, WebhookBookmark, WebhookKind, WebhookMessage
from appointments.webhooks_out.bodies import refund_body
from refunds.models import RefundEvent

_NAME = "refund events"
#: Longer than any transaction lasts: requests end after half a minute, tasks after two.
_OVERLAP = timedelta(hours=1)
_AT_ONCE = 500
_MARK = "chain:"


def open_bookmark(*, now: datetime) -> None:
    """Begin to read at today's end of the history, where nobody has begun yet."""
    newest = _newest()
    WebhookBookmark.objects.get_or_create(
        name=_NAME, defaults={"position": newest, "ceiling": newest, "ceiling_at": now}
    )


def note_refunds(*, now: datetime) -> int:
    """Write what to tell about refunds since the bookmark; return how much that was.

    What was told already is told by its key and left out, so that a run may be repeated, doubled or killed anywhere.
    """
    bookmark = WebhookBookmark.objects.filter(name=_NAME).first()
    if bookmark is None:
        return 0
    ceiling, written, after = _newest(), 0, bookmark.position
    while page := list(_events(after)):
        written += _note(page)
        after = page[-1].pk
    _advance(bookmark, ceiling, now)
    return written


def _events(after: int) -> Iterable[RefundEvent]:
    return RefundEvent.objects.filter(pk__gt=after).select_related("refund__payment").order_by("pk")[:_AT_ONCE]


def _note(page: list[RefundEvent]) -> int:
    keys = {event.pk: f"refund:{event.pk}" for event in page}
    told = set(WebhookMessage.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    newest = _bookings_of(event for event in page if keys[event.pk] not in told)
    messages = [
        WebhookMessage(
            key=keys[event.pk],
            kind=WebhookKind.REFUND_UPDATED,
            subject=str(event.refund_id),
            channel_id=appointment.chain.channel_id,
            body=refund_body(event, reference=appointment.reference),
            at=event.at,
            due_at=event.at,
        )
        for event in page
        if keys[event.pk] not in told and (appointment := newest.get(event.refund.payment.source))
    ]
    WebhookMessage.objects.bulk_create(messages, ignore_conflicts=True)
    return len(messages)


def _bookings_of(events: Iterable[RefundEvent]) -> dict[str, Appointment]:
    """Return the newest booking of each chain that somebody listens to, by the source of its payments."""
    sources = {event.refund.payment.source for event in events}
    chains = {source.removeprefix(_MARK) for source in sources if source.startswith(_MARK)}
    heard = Chain.objects.filter(pk__in=chains, channel__partners__webhook_endpoints__isnull=False)
    bookings = Appointment.objects.filter(chain__in=heard, pending_move__isnull=True).select_related("chain")
    return {row.chain.source: row for row in bookings.order_by("created_at", "pk")}


def _advance(bookmark: WebhookBookmark, ceiling: int, now: datetime) -> None:
    """Move on to what could be seen an hour ago; of several workers the first one does it."""
    if now - bookmark.ceiling_at < _OVERLAP:
        return
    WebhookBookmark.objects.filter(pk=bookmark.pk, ceiling_at=bookmark.ceiling_at).update(
        position=bookmark.ceiling, ceiling=ceiling, ceiling_at=now
    )


def _newest() -> int:
    return RefundEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0
