"""Claiming due work: compare and set, by the database's clock, and count the rows."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from refunds import breaker
from refunds.models import Refund

SPARE = 20
"""Rows looked at beyond those wanted: other workers see the same ones first, and may be faster."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to work on one refund until its lease runs out."""

    refund_id: uuid.UUID
    token: uuid.UUID


def claim_due(*, limit: int) -> list[Lease]:
    """Lease up to `limit` refunds that are due and that nobody else works on, the longest due first.

    Those of a paused provider keep their place and their time. Whoever loses one to another worker takes the next, so that none at
    all means that nothing is due.
    """
    leases: list[Lease] = []
    due = _due()
    if paused := breaker.paused():
        due = due.exclude(payment__gateway__in=paused)
    for refund_id in due.order_by("next_at").values_list("pk", flat=True)[: limit + SPARE]:
        if len(leases) == limit:
            break
        lease = Lease(refund_id=refund_id, token=uuid.uuid4())
        claimed = (
            _due()
            .filter(pk=refund_id)
            .update(
                lease_token=lease.token,
                lease_until=Now() + timedelta(seconds=settings.REFUND_LEASE_SECONDS),
                version=F("version") + 1,
            )
        )
        if claimed == 1:
            leases.append(lease)
    return leases


def still_held(*, lease: Lease) -> bool:
    """Whether the lease has neither run out nor passed to another worker."""
    return Refund.objects.filter(pk=lease.refund_id, lease_token=lease.token, lease_until__gt=Now()).exists()


def release(*, lease: Lease) -> None:
    """Give the refund back. Changes nothing when somebody else holds it by now."""
    Refund.objects.filter(pk=lease.refund_id, lease_token=lease.token).update(lease_token=None, lease_until=None)


def release_expired_leases() -> int:
    """Clear the leases of workers that died. Returns how many."""
    return Refund.objects.filter(lease_until__lte=Now()).update(lease_token=None, lease_until=None)


def _due() -> QuerySet[Refund]:
    """Due now and free, by the database's clock."""
    return Refund.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=Now()), next_at__lte=Now())
