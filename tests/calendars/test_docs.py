"""The examples of docs/calendars.md run as they stand."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from appointments.calendars.feeds import issue_feed
from appointments.models import FeedOf, User
from tests.examples import run_examples
from tests.factories import SlotFactory, booked


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_examples_when_run(live_server: LiveServer, clock: time_machine.Traveller, tmp_path: Path) -> None:
    appointment = booked(slot=SlotFactory.create(starts_at=timezone.now() + timedelta(days=3)))
    user = appointment.chain.patient.user
    assert isinstance(user, User)
    token = issue_feed(user=user, of=FeedOf.PATIENT, now=timezone.now())

    printed = run_examples("calendars.md", folder=tmp_path, ADDRESS=f"{live_server.url}/calendar/{token}.ics")

    assert printed == "304\n"
