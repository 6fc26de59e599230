"""The examples of docs/api.md run as they stand."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from appointments.models import Appointment, Channel, Partner
from appointments.partners.keys import issue_key
from refunds.models import Refund
from tests.api import patients_browser
from tests.api.phones import BACK, PASSWORD, own_booking, owner, pulse
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
    own = own_booking(slot=SlotFactory.create(starts_at=now + timedelta(days=3)), booked_at=now)
    browser = tmp_path / "open"
    browser.write_text(
        f"#!/bin/sh\nexec '{sys.executable}' '{patients_browser.__file__}' '{owner(own).email}' '{PASSWORD}' '{BACK}' \"$1\"\n"
    )
    browser.chmod(0o700)

    given = {"KEY": key, "CLIENT": pulse().oauth_client_id, "BACK": BACK, "OPEN": str(browser)}
    printed = run_examples("api.md", folder=tmp_path, BASE=live_server.url, **given)

    assert Appointment.objects.get(pk=booking.pk).status == "cancelled"
    assert Appointment.objects.exclude(pk__in=[booking.pk, own.pk]).get().status == "confirmed"
    cancelled = Appointment.objects.get(pk=own.pk)
    assert cancelled.status == "cancelled"
    assert str(Refund.objects.get(payment__source=cancelled.chain.source).pk) in printed.splitlines()[-1]
