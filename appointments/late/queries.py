"""Late requests, for patients and the desk. Read-only."""

from datetime import datetime

from django.db.models import Q, QuerySet

from appointments.models import Appointment, LateDocument, LateRequest, LateRule, LateState


def newest_request(appointment: Appointment) -> LateRequest | None:
    """Return the newest request about an appointment, or None."""
    requests = LateRequest.objects.filter(appointment=appointment).select_related("rule", "event", "document")
    return requests.order_by("-made_at", "-pk").first()


def rules_offered(centre_id: int) -> QuerySet[LateRule]:
    """Return the situations a patient of this centre can name, in the house's order."""
    return LateRule.objects.filter(Q(centre_id=centre_id) | Q(centre__isnull=True), is_active=True)


def waiting_requests(*, now: datetime, is_late: bool = False) -> QuerySet[LateRequest]:
    """Return what waits for an answer, the longest due first; `is_late`: only what should have had one."""
    waiting = LateRequest.objects.filter(state=LateState.WAITING)
    return (waiting.filter(due_at__lt=now) if is_late else waiting).order_by("due_at", "pk")


def documents_to_destroy(*, before: datetime, limit: int) -> list[LateDocument]:
    """Return documents that are still kept though their request was answered before a moment, the oldest answer first."""
    kept = LateDocument.objects.filter(destroyed_at__isnull=True, request__decided_at__lt=before)
    return list(kept.order_by("request__decided_at", "pk")[:limit])
