"""The examples of docs/fhir.md run as they stand."""

from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from appointments.models import Appointment, Partner
from appointments.partners.keys import issue_key
from tests.examples import run_examples
from tests.factories import NOW, ReasonCodeFactory, fresh


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_examples_when_run(live_server: LiveServer, partner: Partner, booking: Appointment, tmp_path: Path) -> None:
    ReasonCodeFactory.create(code="feeling_better")
    key = issue_key(partner_id=partner.pk, now=NOW).secret

    printed = run_examples("fhir.md", folder=tmp_path, BASE=live_server.url, KEY=key)

    assert '"resourceType":"Appointment"' in printed
    assert '"output":[' in printed
    assert fresh(booking).status == "cancelled"
