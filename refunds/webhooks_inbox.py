"""The inbox of webhooks: keep each event once, hand it to one worker at a time, put back what could not be taken in."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from refunds.models import GatewayEvent, InboxState

CLAIMED_FOR = timedelta(seconds=90)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)
MOST_TRIES = 24
"""About three days; then the sweeps of refunds and checkouts have long done the work."""


def keep(*, gateway: str, event_id: str, body: bytes, headers: dict[str, str], now: datetime) -> None:
    """Store an event. The same event again changes nothing."""
    event = GatewayEvent(
        gateway=gateway,
        event_id=event_id,
        body=body,
        headers=headers,
        received_at=now,
        next_at=now,
        state=InboxState.NEW,
    )
    GatewayEvent.objects.bulk_create([event], ignore_conflicts=True)


def due() -> list[int]:
    """The keys of events that wait for a worker, by the database's clock, the longest due first."""
    return list(_due().order_by("next_at", "pk").values_list("pk", flat=True))


def claim(*, key: int) -> bool:
    """Take an event for a while; whoever dies over it leaves it to the next. False: somebody else was faster."""
    return _due().filter(pk=key).update(next_at=Now() + CLAIMED_FOR, tries=F("tries") + 1) == 1


def finish(*, key: int, state: InboxState, note: str = "") -> None:
    """The event is understood: done, or ignored for the reason in `note`."""
    GatewayEvent.objects.filter(pk=key).update(state=state, error=note, next_at=None)


def put_back(*, event: GatewayEvent, error: str, now: datetime) -> None:
    """It could not be taken in: try later, alone, with doubling waits; after too many tries a person looks."""
    if event.tries >= MOST_TRIES:
        finish(key=event.pk, state=InboxState.FAILED, note=error)
        return
    wait = min(FIRST_WAIT * 2 ** (event.tries - 1), LONGEST_WAIT)
    GatewayEvent.objects.filter(pk=event.pk).update(error=error, next_at=now + wait)


def _due() -> QuerySet[GatewayEvent]:
    """New, and not in anybody's hands."""
    return GatewayEvent.objects.filter(Q(next_at__isnull=True) | Q(next_at__lte=Now()), state=InboxState.NEW)
