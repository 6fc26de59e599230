"""What is sent wrongly, too large, or in another form."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import RequestFactory

from appointments.api.request_log import ScrubbedRequestLog
from appointments.api.urls import operations
from appointments.models import Appointment, AppointmentEvent, Channel, Patient
from tests.api.conftest import PartnerClient
from tests.factories import NOW, DoctorFactory, PatientFactory, SlotFactory, booked, fresh


@pytest.fixture(autouse=True)
def _at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def booking(channel: Channel) -> Appointment:
    return booked(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=channel.centre)), channel=channel)


def errors(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    "more",
    [{"status": "confirmed"}, {"price": 1}, {"refund": "1000.00"}, {"override_percent": 100}, {"for_hospital": True}],
)
def test_cancel_when_more_is_sent(client_api: PartnerClient, booking: Appointment, more: dict[str, Any]) -> None:
    path = f"appointments/{booking.reference}/cancellation/"
    quote = client_api.read(path).json()["quote"]

    answer = client_api.write(path, {"quote": quote, **more})

    assert (answer.status_code, errors(answer)) == (400, list(more))
    assert fresh(booking).status == "confirmed"


def test_hold_when_patient_of_the_centre_is_named(
    client_api: PartnerClient, booking: Appointment, channel: Channel
) -> None:
    """A partner's reference is its own: it never reaches a patient that somebody else made."""
    theirs = PatientFactory.create()
    slot = SlotFactory.create(doctor=booking.slot.doctor, starts_at=NOW + timedelta(days=9))
    patient = {"reference": str(theirs.pk), "name": "Somebody"}

    client_api.write("holds/", {"slot": slot.pk, "channel": channel.pk, "patient": patient})
    refused = client_api.write("holds/", {"slot": slot.pk, "channel": channel.pk, "patient": {**patient, "id": 1}})

    assert Appointment.objects.get(slot=slot).chain.patient_id != theirs.pk
    assert (refused.status_code, errors(refused)) == (400, ["patient.id"])


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        ('{"quote": "x"}', "text/plain", 415),
        ("quote=x", "application/x-www-form-urlencoded", 415),
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("[" * 5000 + "]" * 5000, "application/json", 400),
        ('{"quote": NaN}', "application/json", 400),
        (json.dumps({"quote": "x" * 70_000}), "application/json", 413),
        (json.dumps({"quote": "a\x00b"}), "application/json", 400),
        ('{"quote": "\\ud800"}', "application/json", 400),
    ],
)
def test_cancel_when_the_body_is_none(
    client_api: PartnerClient, booking: Appointment, body: str, media: str, status: int
) -> None:
    path = f"/api/v1/appointments/{booking.reference}/cancellation/"

    answer = client_api.post(path, body, content_type=media, headers={"idempotency-key": "one"})

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert fresh(booking).status == "confirmed"


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "1000000000"},
        {"limit": "0"},
        {"cursor": "cD1ub25zZW5zZQ=="},
        {"updated_since": "2026-11-01T00:00:00"},
        {"status": "gone"},
        {"page": "1000000000"},
        {"channel": "9" * 40},
    ],
)
def test_list_when_the_query_is_wrong(client_api: PartnerClient, query: dict[str, str]) -> None:
    answer = client_api.read("appointments/", **query)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_list_when_long(client_api: PartnerClient, booking: Appointment, channel: Channel) -> None:
    starts = [NOW + timedelta(days=3, hours=number) for number in range(1, 5)]
    for start in starts:
        booked(slot=SlotFactory.create(doctor=booking.slot.doctor, starts_at=start), channel=channel)
    seen, page = [], client_api.read("appointments/", limit=2).json()
    while page["next"]:
        seen += page["results"]
        page = client_api.get(page["next"]).json()
    seen += page["results"]

    assert [row["reference"] for row in seen] == list(
        Appointment.objects.order_by("pk").values_list("reference", flat=True)
    )


def test_list_when_changed_since(client_api: PartnerClient, booking: Appointment) -> None:
    path = f"appointments/{booking.reference}/cancellation/"
    client_api.write(path, {"quote": client_api.read(path).json()["quote"]})

    since = client_api.read("appointments/", updated_since="2026-11-02T09:00:00Z").json()["results"]
    later = client_api.read("appointments/", updated_since="2026-11-02T09:00:01Z").json()["results"]

    assert [(row["reference"], row["status"]) for row in since] == [(booking.reference, "cancelled")]
    assert later == []


def test_list_when_many(
    client_api: PartnerClient, booking: Appointment, channel: Channel, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 6):
        slot = SlotFactory.create(doctor=booking.slot.doctor, starts_at=NOW + timedelta(days=3, hours=number))
        booked(slot=slot, channel=channel)

    with django_assert_max_num_queries(5):  # the key, its last use, the channels, the page, its refunds
        assert len(client_api.read("appointments/").json()["results"]) == 6


def test_reading_when_every_address_is_walked(client_api: PartnerClient, booking: Appointment) -> None:
    before = list(AppointmentEvent.objects.values_list("pk", flat=True)), Patient.objects.count()
    values = {"<str:reference>": booking.reference, "<str:refund_id>": "x", "<int:channel_id>": "1"}
    statuses = []
    for operation in operations:
        address = str(operation.pattern)
        for name, value in values.items():
            address = address.replace(name, value)
        statuses.append(client_api.get(f"/{address}", {"slot": booking.slot_id}).status_code)

    assert set(statuses) <= {200, 400, 404, 405, 409}
    assert (list(AppointmentEvent.objects.values_list("pk", flat=True)), Patient.objects.count()) == before


def test_address_when_nothing_is_there(client_api: PartnerClient) -> None:
    answer = client_api.read("nothing/")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_answer_when_personal(client_api: PartnerClient, booking: Appointment) -> None:
    assert client_api.read("appointments/")["Cache-Control"] == "no-store"


def test_log_when_a_secret_is_in_the_address(client_api: PartnerClient, caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get(
        f"/api/v1/slots/{client_api.secret}/?x={client_api.secret}&access_token=abc&channel=1"
    )

    with caplog.at_level(logging.INFO):
        client_api.read("slots/", key=client_api.secret)

    assert ScrubbedRequestLog.format_request(request) == "GET /api/v1/slots/fs_…/?…"
    assert client_api.secret not in caplog.text


def test_policies_when_own_channel(client_api: PartnerClient, channel: Channel) -> None:
    body = client_api.read(f"policies/{channel.pk}/").json()

    assert (body["deadline_hours"], body["handling_fee"], body["policies"][0]["doctor"]) == ("24", "10.00", None)
    assert body["sentences"] == [
        "Booked here, you can cancel until 24 hours before the start.",
        "Booked here, a handling fee of ₹10.00 is kept when you cancel.",
    ]
    assert body["policies"][0]["tiers"][0] == {"hours": "24", "inclusive": False, "percent": "100"}
    assert body["policies"][0]["sentences"][1] == "More than 24 hours before the start: 100% back."


def test_slots_when_own_channel(client_api: PartnerClient, booking: Appointment, channel: Channel) -> None:
    free = SlotFactory.create(doctor=booking.slot.doctor, starts_at=NOW + timedelta(days=4))

    body = client_api.read("slots/", channel=channel.pk).json()

    assert [row["id"] for row in body["results"]] == [free.pk]
    assert client_api.read("slots/", channel=channel.pk + 1).status_code == 404
