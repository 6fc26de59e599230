"""What the database holds, for tests that count everything and those that prove that nothing changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps

from appointments.models import Appointment, AppointmentEvent, OutboxMessage
from refunds.models import LedgerEntry, Refund


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Return every row of both apps, by table."""
    models = [model for app in ("appointments", "refunds") for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


@contextmanager
def nothing_changed() -> Iterator[None]:
    """Check that no row of either app differs after the block."""
    before = snapshot()
    yield
    assert snapshot() == before


def refunds_of(appointment: Appointment) -> list[tuple[str, int]]:
    """Return way and amount of every refund of the chain, largest first."""
    rows = Refund.objects.filter(payment__source=appointment.chain.source)
    return sorted(rows.values_list("way", "amount"), key=lambda row: (-row[1], row[0]))


def kinds_of(appointment: Appointment) -> list[str]:
    """Return the kinds of the appointment's events, oldest first."""
    return list(AppointmentEvent.objects.filter(appointment=appointment).values_list("kind", flat=True))


def messages_of(appointment: Appointment) -> list[str]:
    """Return the kinds of all messages about the chain's appointments, sorted."""
    rows = OutboxMessage.objects.filter(event__appointment__chain=appointment.chain_id)
    return sorted(rows.values_list("kind", flat=True))


def counts() -> dict[str, int]:
    """Return how many cancellations, refunds, ledger entries for grants and messages there are."""
    return {
        "cancelled": AppointmentEvent.objects.filter(kind="cancelled").count(),
        "rescheduled": AppointmentEvent.objects.filter(kind="rescheduled").count(),
        "refunds": Refund.objects.count(),
        "grants": LedgerEntry.objects.filter(kind="grant").count(),
        "messages": OutboxMessage.objects.count(),
    }
