"""What the database holds, for tests that count everything and those that prove that nothing changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

from appointments.models import Appointment, AppointmentEvent, OutboxMessage
from refunds.models import LedgerEntry, Refund


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of both apps, by table, as the database gives it."""
    rows = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            rows[table] = cursor.fetchall()
    return rows


@cache
def _tables() -> list[str]:
    both = [*apps.get_app_config("appointments").get_models(), *apps.get_app_config("refunds").get_models()]
    return sorted({model._meta.db_table for model in both if not model._meta.proxy})


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
