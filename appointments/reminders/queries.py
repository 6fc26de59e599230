"""Which appointments still need reminders planned, and which reminders are due. Read-only."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from appointments.models import Appointment, Reminder


def appointments_to_plan(*, now: datetime, limit: int) -> list[int]:
    """Return the pks of booked appointments to come for which nothing was planned yet, soonest first."""
    planned = Reminder.objects.filter(appointment=OuterRef("pk"))
    booked = Appointment.objects.filter(~Exists(planned), status=Appointment.Status.CONFIRMED, slot__starts_at__gt=now)
    return list(booked.order_by("slot__starts_at", "pk").values_list("pk", flat=True)[:limit])


def due_reminders(*, now: datetime, limit: int) -> list[int]:
    """Return the pks of reminders whose time has come, the longest due first."""
    waiting = Reminder.objects.filter(state=Reminder.State.WAITING, due_at__lte=now)
    return list(waiting.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
