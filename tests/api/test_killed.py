"""A web process killed between its commit and its answer: the same Idempotency-Key gives the first answer."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import RemoteDisconnected
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from appointments.models import Appointment, AppointmentEvent, Channel, Partner, StoredAnswer
from appointments.partners.keys import issue_key
from refunds.models import Refund
from tests.architecture.tree import ROOT
from tests.factories import DoctorFactory, SlotFactory, booked

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def database_url() -> str:
    """The test's own database, for another process."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@contextmanager
def server() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # pytest's settings without pytest: those of the product, on this test's database.
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "HTTPS_ONLY": "0",
        "LOG_LEVEL": "ERROR",
        "VAR_DIR": str(settings.VAR_DIR),
    }
    command = [sys.executable, "-m", "tests.api.killed_server", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}/api/v1/", process
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        with socket.socket() as wire:
            if wire.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None
        time.sleep(0.1)


def call(url: str, secret: str, body: Any = None, **headers: str) -> Any:
    all_headers = {"Authorization": f"Api-Key {secret}", "Content-Type": "application/json", **headers}
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, all_headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def test_write_when_the_server_is_killed_before_it_answers(partner: Partner, channel: Channel) -> None:
    now = timezone.now()
    doctor = DoctorFactory.create(centre=channel.centre)
    slot = SlotFactory.create(doctor=doctor, starts_at=now + timedelta(days=3))
    booking = booked(slot=slot, channel=channel, booked_at=now)
    secret = issue_key(partner_id=partner.pk, now=now).secret
    path = f"appointments/{booking.reference}/cancellation/"

    with server() as (address, process):
        body = {"quote": call(address + path, secret)["quote"]}
        with pytest.raises((RemoteDisconnected, ConnectionError, urllib.error.URLError)):
            call(address + path, secret, body, **{"Idempotency-Key": "one", "X-Test-Die-Before-Answer": "1"})
        assert process.wait(20) == -9
    assert Appointment.objects.get(pk=booking.pk).status == "cancelled"
    with server() as (address, _):
        answer = call(address + path, secret, body, **{"Idempotency-Key": "one"})

    assert answer == json.loads(StoredAnswer.objects.get().body or "")
    assert (answer["status"], answer["refund"]) == ("cancelled", "1000.00")  # booked a moment ago: cooling-off
    assert (AppointmentEvent.objects.filter(kind="cancelled").count(), Refund.objects.count()) == (1, 1)
