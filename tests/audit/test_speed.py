"""How long the audit takes for a hospital's year."""

import time
from datetime import timedelta

import pytest
from django.db import connection

from appointments.audit import PROMISES
from appointments.models import Appointment, Chain
from refunds.audit import check
from refunds.models import Refund
from tests.audit import scenes
from tests.audit.copies import multiply
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def tell_database(statement: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.slow
def test_audit_when_there_are_20_000_appointments() -> None:
    scenes.booked()
    scenes.completed()
    # Guards and foreign keys plan their look-ups for the two rows that are there now, and keep to that plan.
    tell_database("SET LOCAL enable_seqscan = off")
    for chain in Chain.objects.all():
        multiply(chain, times=9_999)
    assert (Appointment.objects.count(), Refund.objects.count()) == (20_000, 10_000)
    tell_database("RESET enable_seqscan")
    tell_database("ANALYZE")  # what autovacuum does by itself

    # SQLite works in this process, so that its computing can be told from waiting for a busy machine.
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    started = clock()
    found = list(check(PROMISES, now=NOW + timedelta(minutes=1)))
    taken = clock() - started
    assert found == []
    assert taken < 5
