"""What stands around every operation: the statement, media types, who may call, and errors of every kind."""

from typing import Any

import pytest
from django.test import Client

from appointments.models import Appointment, Partner
from tests.fhir.conftest import FhirClient, coding_of, parsed, speaker_of


def test_metadata_when_nobody_signs_in(db: None) -> None:
    statement = FhirClient().read("metadata")

    [rest] = statement["rest"]
    params = {one["type"]: [param["name"] for param in one.get("searchParam", [])] for one in rest["resource"]}
    assert (statement["fhirVersion"], statement["kind"], statement["implementation"]["url"]) == (
        "4.0.1",
        "instance",
        "http://testserver/fhir",
    )
    assert params["Appointment"] == ["_id", "_lastUpdated", "date", "identifier", "patient", "status"]
    assert sorted(params) == ["Appointment", "Location", "Patient", "Schedule", "Slot"]


def test_metadata_when_it_names_the_operation(db: None) -> None:
    appointment = FhirClient().read("metadata")["rest"][0]["resource"][0]
    [operation] = appointment["operation"]

    definition = FhirClient().read(operation["definition"].removeprefix("http://testserver/fhir/"))

    assert [parameter["name"] for parameter in definition["parameter"]] == ["cancelationReason", "quote", "return"]


def test_metadata_when_what_it_promises_is_asked(fhir: FhirClient, booking: Appointment) -> None:
    for resource in FhirClient().read("metadata")["rest"][0]["resource"]:
        for param in resource.get("searchParam", []):
            value = "2026" if param["type"] == "date" else "booked" if resource["type"] == "Appointment" else "free"
            asked: dict[str, Any] = {param["name"]: value}
            page = fhir.read(resource["type"], **asked)
            assert [entry for entry in page.get("entry", []) if entry["search"]["mode"] == "outcome"] == []


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"accept": "application/fhir+json"}, ""),
        ({"accept": "application/json"}, ""),
        ({"accept": "text/html, */*;q=0.8"}, ""),
        ({"accept": "application/xml"}, "?_format=json"),
        ({"accept": "application/xml"}, "?_format=application/fhir%2Bjson"),
    ],
)
def test_answer_when_json_is_taken(headers: dict[str, str], query: str, db: None) -> None:
    answer = Client().get(f"/fhir/metadata{query}", headers=headers)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/fhir+json; charset=utf-8")


@pytest.mark.parametrize("query", ["", "?_format=xml"])
def test_answer_when_only_xml_is_taken(query: str, db: None) -> None:
    answer = Client().get(f"/fhir/metadata{query}", headers={} if query else {"accept": "application/fhir+xml"})

    assert (answer.status_code, answer["Content-Type"]) == (406, "application/fhir+json; charset=utf-8")
    assert coding_of(answer.json()) == [("not-supported", "not_acceptable")]


@pytest.mark.parametrize("secret", ["", "fs_no_such"])
@pytest.mark.parametrize("path", ["Appointment", "Appointment/9999-9999", "Slot", "Patient/1", "Nothing"])
def test_call_when_nobody(db: None, path: str, secret: str) -> None:
    outcome = FhirClient(secret).read(path, answer=401)

    assert coding_of(outcome)[0][0] == "login"


def test_call_when_there_is_no_such_type(fhir: FhirClient) -> None:
    for path in ("Encounter", "Appointment/1/2", "", "Slot/x", "Slot/99999999999999999999999", "Patient/a%00b"):
        assert coding_of(fhir.read(path, answer=404)) == [("not-found", "not_found")]


def test_call_when_the_method_is_wrong(fhir: FhirClient, booking: Appointment) -> None:
    for answer in (
        fhir.delete(f"/fhir/Appointment/{booking.reference}"),
        fhir.post("/fhir/Appointment", {}),
        fhir.get(f"/fhir/Appointment/{booking.reference}/$cancel"),
    ):
        assert (answer.status_code, coding_of(answer.json())) == (405, [("not-supported", "method_not_allowed")])


@pytest.mark.parametrize(
    ("body", "media_type", "status", "kind"),
    [
        ("{", "application/fhir+json", 400, "structure"),
        ("[]", "application/fhir+json", 400, "structure"),
        ("<Parameters/>", "application/fhir+xml", 415, "not-supported"),
        ('{"a": "' + "x" * 66_000 + '"}', "application/json", 413, "too-long"),
    ],
)
def test_body_when_it_cannot_be_read(
    fhir: FhirClient, booking: Appointment, body: str, media_type: str, status: int, kind: str
) -> None:
    answer = fhir.post(f"/fhir/Appointment/{booking.reference}/$cancel", body, content_type=media_type)

    assert (answer.status_code, coding_of(answer.json())[0][0]) == (status, kind)


def test_limit_when_used_up(partner: Partner) -> None:
    Partner.objects.update(requests_per_minute=1)
    client = speaker_of(partner)
    client.read("Location")

    answer = client.get("/fhir/Location")

    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert coding_of(answer.json()) == [("throttled", "throttled")]


def test_answer_when_something_breaks(fhir: FhirClient, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def broken(_caller: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("appointments.fhir.queries.centres_of", broken)

    outcome = fhir.read("Location", answer=500)

    assert coding_of(outcome) == [("exception", "not_done")]
    assert "a bug" not in str(outcome)
    assert "a bug" in caplog.text


def test_answer_when_kept_by_a_proxy(fhir: FhirClient, booking: Appointment) -> None:
    answer = fhir.get("/fhir/Appointment")

    assert answer["Cache-Control"] == "no-store"
    assert answer["RateLimit-Remaining"] == "599"
    parsed(answer.json())
