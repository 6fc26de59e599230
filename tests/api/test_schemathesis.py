"""Thousands of requests made up from the OpenAPI document: nothing breaks, and nothing is answered that it does not say."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from appointments.models import Appointment, Channel, Partner, StoredAnswer, WebhookDelivery
from appointments.partners.keys import issue_key
from appointments.usecases.cancel import cancel_appointment
from appointments.webhooks_out.endpoints import make_endpoint
from appointments.webhooks_out.hand_over import due_messages, hand_over
from tests.api.openapi import described
from tests.factories import DoctorFactory, ReasonCodeFactory, SlotFactory, booked, held, system

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SECONDS = 300


def document(there: dict[str, list[Any]]) -> str:
    """The document of the code, with the values that are there in place of any reference, slot and channel."""
    schema = json.loads(json.dumps(described(), default=str))
    for operations in schema["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in there:
                    parameter["schema"]["enum"] = there[parameter["name"]]
    for name, component in schema["components"]["schemas"].items():
        for field, values in there.items():
            if name.endswith("Request") and field in component["properties"] and name != "CustomerInputRequest":
                component["properties"][field]["enum"] = values
    return json.dumps(schema)


def clinic(channel: Channel, partner: Partner, *, now: datetime) -> dict[str, list[Any]]:
    """Bookings, holds and free slots; what they are called, by the name of the field."""
    doctor = DoctorFactory.create(centre=channel.centre)
    starts = [now + timedelta(days=3, hours=number) for number in range(40)]
    slots = [SlotFactory.create(doctor=doctor, starts_at=start) for start in starts]
    bookings = [booked(slot=slot, channel=channel, booked_at=now) for slot in slots[:8]]
    endpoint = make_endpoint(partner_id=partner.pk, url="https://hooks.example.org/", now=now).endpoint
    cancel_appointment(
        appointment_id=booked(slot=slots[20], channel=channel, booked_at=now).pk, actor=system(), now=now
    )
    for message in due_messages(now=now, limit=9):
        hand_over(message, now=now)
    holds = [held(slot=slot, channel=channel, now=now) for slot in slots[8:12]]
    return {
        "reference": [row.reference for row in (*bookings, *holds)],
        "slot": [slot.pk for slot in slots],
        "channel": [channel.pk],
        "channel_id": [channel.pk],
        "endpoint_id": [endpoint.pk],
        "delivery_id": list(WebhookDelivery.objects.values_list("pk", flat=True)),
        "amount": ["1000.00", "500.00"],
        "currency": ["INR"],
    }


@pytest.mark.slow
@pytest.mark.postgres  # what production runs on; once is enough
@pytest.mark.django_db(transaction=True)
def test_server_when_anything_is_sent(
    live_server: LiveServer, partner: Partner, channel: Channel, tmp_path: Path
) -> None:
    now = timezone.now()
    ReasonCodeFactory.create(code="feeling_better")
    (tmp_path / "openapi.json").write_text(document(clinic(channel, partner, now=now)))
    Partner.objects.update(requests_per_minute=100_000)
    key = issue_key(partner_id=partner.pk, now=now).secret
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", "openapi.json", f"--url={live_server.url}"),
        *(f"--checks={CHECKS}", "--header", f"Authorization: Api-Key {key}", "--generation-database=none"),
        *("--no-color", "--max-examples=12", "--phases=fuzzing", "--seed=1"),
    ]

    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    told = set(StoredAnswer.objects.values_list("status", flat=True))
    assert told >= {201, 409}
    assert Appointment.objects.filter(status="draft").count() > 4  # holds were really made
