"""How long the audit takes. `make bench` measures it for 20,000 appointments."""

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
from tests.database import guards_aside
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_audit_when_there_are_2_000_appointments() -> None:
    scenes.booked()
    scenes.completed()
    with guards_aside():
        for chain in Chain.objects.all():
            multiply(chain, times=999)
    assert (Appointment.objects.count(), Refund.objects.count()) == (2_000, 1_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what autovacuum does by itself

    # SQLite works in this process, so that its computing can be told from waiting for a busy machine.
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    started = clock()
    found = list(check(PROMISES, now=NOW + timedelta(minutes=1)))
    taken = clock() - started
    assert found == []
    assert taken < 0.5
