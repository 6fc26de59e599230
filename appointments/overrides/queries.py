"""Overrides that wait for a second person. Read-only."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from appointments.models import Appointment, OverrideRequest, OverrideState
from appointments.queries import with_everything


def waiting_overrides(*, now: datetime) -> QuerySet[OverrideRequest]:
    """Return what waits to be decided and still can be, the first to expire first."""
    waiting = OverrideRequest.objects.filter(state=OverrideState.WAITING, expires_at__gt=now)
    return waiting.order_by("expires_at", "pk")


def waiting_override(appointment: Appointment) -> OverrideRequest | None:
    """Return the override that waits about an appointment, or None."""
    return OverrideRequest.objects.filter(appointment=appointment, state=OverrideState.WAITING).first()


def run_out_overrides(*, now: datetime, limit: int) -> list[UUID]:
    """Return overrides that nobody decided in time."""
    run_out = OverrideRequest.objects.filter(state=OverrideState.WAITING, expires_at__lte=now)
    return list(run_out.order_by("expires_at").values_list("pk", flat=True)[:limit])


def appointment_of(override: OverrideRequest) -> Appointment:
    """Return the appointment with what quotes and pages need."""
    return with_everything(Appointment.objects.all()).get(pk=override.appointment_id)
