"""Private addresses: 256 random bits, of which only a digest is kept; shown once, ended at any time."""

import hashlib
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from appointments.models import CalendarFeed, FeedOf, User

_PURPOSE = b"fairslot.calendar:"
_TRIES = 3


def issue_feed(*, user: User, of: FeedOf, now: datetime) -> str:
    """Return the token of a new address; the one before opens nothing any more. It is told once, here."""
    for tried in range(1, _TRIES + 1):
        token = secrets.token_urlsafe(32)
        try:
            with transaction.atomic():
                revoke_feed(user=user, of=of, now=now)
                CalendarFeed.objects.create(user=user, of=of, digest=_digest(token), created_at=now)
        except IntegrityError:  # made twice at once: the later one counts
            if tried == _TRIES:
                raise
        else:
            return token
    raise AssertionError("unreachable")


def revoke_feed(*, user: User, of: FeedOf, now: datetime) -> bool:
    """End the address at once. Returns False if there was none."""
    live = CalendarFeed.objects.filter(user=user, of=of, revoked_at__isnull=True)
    return bool(live.update(revoked_at=now))


def live_feed(*, user: User, of: FeedOf) -> CalendarFeed | None:
    """Return the address that opens, or None."""
    return CalendarFeed.objects.filter(user=user, of=of, revoked_at__isnull=True).first()


def feed_with_token(token: str) -> CalendarFeed | None:
    """Return the feed that this token opens, or None: wrong, revoked, or of an account that may not see it any more."""
    feed = (
        CalendarFeed.objects.select_related("user__patient", "user__doctor")
        .filter(digest=_digest(token), revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    if feed is None or feed.of == FeedOf.PATIENT:
        return feed
    still_doctor = hasattr(feed.user, "doctor") and feed.user.has_perm("appointments.view_appointment")
    return feed if still_doctor else None


def _digest(token: str) -> str:
    return hashlib.sha256(_PURPOSE + token.encode()).hexdigest()
