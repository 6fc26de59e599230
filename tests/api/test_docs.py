"""The examples of docs/api.md run as they stand."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from appointments.models import Appointment, Channel, Partner
from appointments.partners.keys import issue_key
from tests.examples import run_examples
from tests.factories import DoctorFactory, ReasonCodeFactory, SlotFactory, booked


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_examples_when_run(live_server: LiveServer, partner: Partner, channel: Channel, tmp_path: Path) -> None:
    now = timezone.now()
    doctor = DoctorFactory.create(centre=channel.centre)
    booking = booked(slot=SlotFactory.create(doctor=doctor, starts_at=now + timedelta(days=3)), channel=channel)
    SlotFactory.create(doctor=doctor, starts_at=now + timedelta(days=4))
    ReasonCodeFactory.create(code="feeling_better")
    key = issue_key(partner_id=partner.pk, now=now).secret

    run_examples("api.md", folder=tmp_path, BASE=live_server.url, KEY=key)

    assert Appointment.objects.get(pk=booking.pk).status == "cancelled"
    assert Appointment.objects.exclude(pk=booking.pk).get().status == "confirmed"
