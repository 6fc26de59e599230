"""Links by which a patient says how to be paid: 256 random bits, of which only a digest is kept."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce

from refunds.models import PayoutLink

MOST_WRONG_ANSWERS = 5
"""Guesses at the second step before a link is over."""

_PURPOSE = b"fairslot.payout:"


def digest_of(token: str) -> str:
    """What is kept of a token. The purpose is part of it, so that a token for another deed never fits."""
    return hashlib.sha256(_PURPOSE + token.encode()).hexdigest()


def issue_link(*, refund_id: UUID, actor: str, now: datetime) -> str:
    """The token of a new link for one refund. It is told once, here."""
    token = secrets.token_urlsafe(32)
    PayoutLink.objects.create(
        refund_id=refund_id,
        digest=digest_of(token),
        issued_by=actor,
        issued_at=now,
        expires_at=now + timedelta(days=settings.PAYOUT_LINK_DAYS),
    )
    return token


def note_wrong_answer(*, link: PayoutLink, now: datetime) -> None:
    """Count a wrong answer at the second step; the last one that is allowed ends the link."""
    PayoutLink.objects.filter(pk=link.pk).update(wrong_answers=F("wrong_answers") + 1)
    PayoutLink.objects.filter(pk=link.pk, wrong_answers__gte=MOST_WRONG_ANSWERS).update(
        revoked_at=Coalesce("revoked_at", now)
    )


def revoke_links_of_sources(*, sources: Collection[str], now: datetime) -> set[UUID]:
    """Take back every link of all refunds of these chains. Returns the refunds that had one which could still be used."""
    links = PayoutLink.objects.filter(refund__payment__source__in=sources, revoked_at__isnull=True, expires_at__gt=now)
    found = dict(links.values_list("pk", "refund_id"))
    PayoutLink.objects.filter(pk__in=found, revoked_at__isnull=True).update(revoked_at=now)
    return set(found.values())
