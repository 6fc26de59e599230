"""Every few hours: nothing open is forgotten, and what a provider sits on for days is told to a person. Nothing fails by the clock."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from refunds import record
from refunds.gateways.registry import GATEWAYS
from refunds.models import AttemptState, Incident, IncidentKind, Refund, RefundAttempt

PENDING_TOO_LONG = timedelta(days=5)
OPEN = (AttemptState.READY, AttemptState.SENT, AttemptState.UNKNOWN, AttemptState.ACCEPTED)
_HELD = (IncidentKind.MISMATCH, IncidentKind.SECOND_REFUND)


def reread_open_refunds(*, now: datetime) -> int:
    """Have every open refund that a provider pays looked at soon. Returns how many were woken.

    Those that a person holds (the provider knows other money under our tag) stay as they are.
    """
    _tell_about_pending(now=now)
    held = Incident.objects.filter(kind__in=_HELD, refund__isnull=False).values("refund")
    later = Q(next_at__isnull=True) | Q(next_at__gt=Now())
    return Refund.objects.filter(later, pk__in=_open().values("refund")).exclude(pk__in=held).update(next_at=Now())


def _open() -> QuerySet[RefundAttempt]:
    """Tries that a provider may still pay."""
    return RefundAttempt.objects.filter(channel__in=list(GATEWAYS), state__in=OPEN)


def _tell_about_pending(*, now: datetime) -> None:
    """An incident for each refund that the provider accepted long ago."""
    long_ago = _open().filter(state=AttemptState.ACCEPTED, first_sent_at__lt=now - PENDING_TOO_LONG)
    for attempt in long_ago.select_related("refund__payment").order_by("pk"):
        record.note_incident(
            key=f"{IncidentKind.STILL_PENDING}:{attempt.key}",
            kind=IncidentKind.STILL_PENDING,
            refund=attempt.refund,
            at=now,
            details={"attempt": attempt.key, "provider_id": attempt.provider_id},
        )
