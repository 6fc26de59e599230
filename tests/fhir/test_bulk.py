"""The published files, read as a search engine of free times reads them."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client

from appointments.models import Appointment, Channel, Doctor, Slot
from tests.factories import NOW, STARTS_AT, ChannelFactory, DoctorFactory, PatientFactory, SlotFactory, booked, held
from tests.fhir.codes import wrong_codes
from tests.fhir.conftest import parsed

BOOKING_LINK = "http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link"


@pytest.fixture
def clinic(db: None) -> Doctor:
    """A doctor at a clinic whose patients book here."""
    return DoctorFactory.create(centre=ChannelFactory.create(is_website=True).centre, specialty="Cardiology")


def get(address: str) -> Any:
    return Client().get(address.removeprefix("http://testserver"))


def published() -> dict[str, list[Any]]:
    """Return every resource of every file, by type, each read by a library."""
    manifest = get("/fhir/$bulk-publish").json()
    found: dict[str, list[Any]] = {}
    for file in manifest["output"]:
        answer = get(file["url"])
        assert answer["Content-Type"] == "application/fhir+ndjson"
        for line in answer.content.decode().splitlines():
            resource = json.loads(line)
            parsed(resource)
            assert (resource["resourceType"], wrong_codes(resource)) == (file["type"], [])
            found.setdefault(file["type"], []).append(resource)
    return found


def test_manifest_when_asked(clinic: Doctor) -> None:
    answer = get("/fhir/$bulk-publish")

    base = "http://testserver/fhir/bulk"
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {
        "transactionTime": "2026-11-02T09:00:00Z",
        "request": "http://testserver/fhir/$bulk-publish",
        "output": [
            {"type": "Location", "url": f"{base}/locations.ndjson"},
            {"type": "Schedule", "url": f"{base}/schedules.ndjson"},
            {"type": "Slot", "url": f"{base}/slots-{clinic.centre_id}.ndjson"},
        ],
        "error": [],
    }


def test_files_when_read(clinic: Doctor) -> None:
    slot = SlotFactory.create(doctor=clinic)

    found = published()

    [location], [schedule], [free] = found["Location"], found["Schedule"], found["Slot"]
    assert schedule["actor"][0]["reference"] == f"Location/{location['id']}"
    assert free["schedule"]["reference"] == f"Schedule/{schedule['id']}"
    assert [free[name] for name in ("id", "status", "start", "end")] == [
        str(slot.pk),
        "free",
        "2026-11-05T09:00:00Z",
        "2026-11-05T09:30:00Z",
    ]
    assert [location[name] for name in ("name", "telecom")] == [
        clinic.centre.name,
        [{"system": "phone", "value": "+91 20 5550 0100"}],
    ]


def test_link_when_followed(clinic: Doctor) -> None:
    slot = SlotFactory.create(doctor=clinic)
    patient = PatientFactory.create()
    [free] = published()["Slot"]
    [link] = [one["valueUrl"] for one in free["extension"] if one["url"] == BOOKING_LINK]

    assert link == f"http://testserver/book/{slot.pk}/"
    address = f"/book/{slot.pk}/?source=a&booking-referral=b"
    client = Client()
    to_login = client.get(address)["Location"]
    assert to_login == f"/login/?next={quote(address)}"
    assert patient.user
    client.force_login(patient.user)
    page = client.get(address)
    assert (page.status_code, page.context["slot"]) == (200, slot)


def test_slots_when_they_cannot_be_had(clinic: Doctor) -> None:
    starts = [STARTS_AT + timedelta(hours=number) for number in range(7)]
    free, taken, waiting, withdrawn, later, far, past = (
        SlotFactory.create(doctor=clinic, starts_at=at) for at in starts
    )
    booked(slot=taken)
    held(slot=waiting)
    Slot.objects.filter(pk=withdrawn.pk).update(is_withdrawn=True)
    Slot.objects.filter(pk=later.pk).update(bookable_from=NOW + timedelta(minutes=1))
    Slot.objects.filter(pk=far.pk).update(
        starts_at=NOW + timedelta(days=28), ends_at=NOW + timedelta(days=28, minutes=30)
    )
    Slot.objects.filter(pk=past.pk).update(starts_at=NOW, ends_at=NOW + timedelta(minutes=30))

    assert [row["id"] for row in published()["Slot"]] == [str(free.pk)]


def test_files_when_the_clinic_has_no_entrance_of_its_own(clinic: Doctor, channel: Channel, slot: Slot) -> None:
    found = published()

    assert [row["id"] for row in found["Location"]] == [str(clinic.centre_id)]
    answer = get(f"/fhir/bulk/slots-{slot.doctor.centre_id}.ndjson")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (404, "not-found")


def test_files_when_patients_are_booked(clinic: Doctor) -> None:
    appointment: Appointment = booked(slot=SlotFactory.create(doctor=clinic))

    everything = json.dumps(published())

    for word in (appointment.chain.patient.name, appointment.reference, "example.org"):
        assert word not in everything


def test_file_when_asked_twice_within_a_minute(clinic: Doctor, django_assert_num_queries: Any) -> None:
    SlotFactory.create(doctor=clinic)
    address = f"/fhir/bulk/slots-{clinic.centre_id}.ndjson"
    first = get(address)

    with django_assert_num_queries(1):  # whether the clinic is published
        again = get(address)
    unchanged = Client().get(address, headers={"if-none-match": first["ETag"]})

    assert (again.content, unchanged.status_code, unchanged.content) == (first.content, 304, b"")
    assert first["Cache-Control"] == "public, max-age=60"
    assert first["Access-Control-Allow-Origin"] == "*"


def test_file_when_there_is_no_cache(clinic: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_key: str) -> None:
        raise ConnectionError("no cache")

    monkeypatch.setattr(cache, "get", away)

    assert get("/fhir/bulk/locations.ndjson").status_code == 200


def test_file_when_posted_to(clinic: Doctor) -> None:
    assert Client().post("/fhir/$bulk-publish").status_code == 405
