"""What `manage.py audit` prints, and with which status it ends."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.audit import PROMISES
from appointments.models import Chain
from tests.audit import scenes
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_minute_later() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def test_audit_when_all_is_well() -> None:
    scenes.completed()
    printed = StringIO()

    call_command("audit", stdout=printed)
    assert printed.getvalue() == f"{len(PROMISES)} promises checked, 0 broken.\n"


def test_audit_when_a_promise_is_broken() -> None:
    keys = scenes.booked()
    chain = Chain.objects.get()
    Chain.objects.update(held=1)
    shown = str(chain.pk) if connection.vendor == "postgresql" else keys["chain"]
    first, second = (promise for promise in PROMISES if promise.code.startswith("held_is_what_"))
    printed = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("audit", stdout=printed)
    assert ended.value.code == 1
    assert printed.getvalue().splitlines() == [
        f"BROKEN held_is_what_payments_say: {first.words}",
        f"  It means: {first.means}",
        f"  - {shown} 1",
        f"BROKEN held_is_what_the_ledger_says: {second.words}",
        f"  It means: {second.means}",
        f"  - {shown} 1",
        f"{len(PROMISES)} promises checked, 2 broken.",
    ]


def test_audit_when_counted() -> None:
    scenes.booked()

    with CaptureQueriesContext(connection) as queries:
        call_command("audit", stdout=StringIO())
    assert len(queries) == len(PROMISES)
