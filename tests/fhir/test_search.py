"""Searching: parameters, prefixes, pages, and what is not taken."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from appointments.fhir.dates import BadDateError, matching
from appointments.models import Appointment, Centre, Channel, Doctor
from tests.factories import NOW, DoctorFactory, SlotFactory, booked, moving
from tests.fhir.conftest import FhirClient, by_the_clinic, coding_of

START = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)  # of the booking: half past two in the afternoon in Pune


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"status": "booked"}, True),
        ({"status": "http://hl7.org/fhir/appointmentstatus|booked"}, True),
        ({"status": "http://example.org|booked"}, False),
        ({"status": "cancelled,booked"}, True),
        ({"status": "waitlist"}, False),
        ({"status": ["booked", "cancelled"]}, False),
        ({"patient": "Patient/customer-7"}, True),
        ({"patient": "customer-7,customer-8"}, True),
        ({"patient": "http://testserver/fhir/Patient/customer-7"}, True),
        ({"patient": "http://example.org/Patient/customer-7"}, False),
        ({"patient": "Group/customer-7"}, False),
        ({"patient": "customer-8"}, False),
        ({"patient:identifier": "http://testserver/fhir/identifier/patient|customer-7"}, True),
        ({"patient:identifier": "customer-8"}, False),
        ({"_lastUpdated": "2026-10-23"}, True),
        ({"_lastUpdated": "gt2026-10-23T09:00:00Z"}, False),
        ({"_lastUpdated": "ge2026-10-23T09:00:00Z"}, True),
        ({"_id": "nonsense"}, False),
        ({"unknown": "x"}, True),
        ({"_format": "json", "_pretty": "true"}, True),
    ],
)
def test_search_when_asked(fhir: FhirClient, booking: Appointment, asked: dict[str, Any], found: bool) -> None:  # noqa: FBT001
    assert fhir.ids("Appointment", **asked) == ([booking.reference] if found else [])


def test_search_when_by_number(fhir: FhirClient, booking: Appointment) -> None:
    typed = booking.reference.lower().replace("-", "")

    for asked in ({"_id": booking.reference}, {"identifier": typed}, {"identifier": f"|{booking.reference}"}):
        assert fhir.ids("Appointment", **asked) == [booking.reference]
    assert fhir.ids("Appointment", identifier=f"http://example.org|{booking.reference}") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(("2026-11-05", True), ("eq2026-11-05", True), ("2026-11", True), ("2026", True), ("2026-11-04", False)),
        *(("ne2026-11-05", False), ("ne2026-11-04", True)),
        *(("gt2026-11-05", False), ("gt2026-11-04", True), ("sa2026-11-05", False), ("sa2026-11-04", True)),
        *(("lt2026-11-05", False), ("lt2026-11-06", True), ("eb2026-11-05", False), ("eb2026-11-06", True)),
        *(("ge2026-11-05", True), ("ge2026-11-06", False), ("le2026-11-05", True), ("le2026-11-04", False)),
        *(("ap2026-11-06", False), ("ap2026-11-05", True), ("ap2026-11-05T14:00", True)),
        *(("2026-11-05T09:00:00Z", True), ("2026-11-05T14:30:00+05:30", True), ("2026-11-05T14:30:00 05:30", True)),
        *(("2026-11-05T14:30", True), ("2026-11-05T09:00", False), ("2026-11-05T09:00:01Z", False)),
        *(("2026-11-04,2026-11-05", True), ("2026-12-31", False), ("2026-12", False), ("9998", False)),
    ],
)
def test_date_when_asked(fhir: FhirClient, booking: Appointment, text: str, found: bool) -> None:  # noqa: FBT001
    assert fhir.ids("Appointment", date=text) == ([booking.reference] if found else [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13",
        "2026-02-30",
        "0000",
        "9999",
        "2026-11-05T25:00",
        "xx2026",
        "2026-11-05T09:00:00+99:99",
    ],
)
def test_date_when_it_is_none(fhir: FhirClient, booking: Appointment, text: str) -> None:
    outcome = fhir.read("Appointment", answer=400, date=text)

    assert coding_of(outcome) == [("invalid", "invalid_request")]
    assert outcome["issue"][0]["expression"] == ["http.date"]


def test_date_when_from_one_day_to_another(fhir: FhirClient, booking: Appointment) -> None:
    assert fhir.ids("Appointment", date=["ge2026-11-01", "lt2026-12-01"]) == [booking.reference]
    assert fhir.ids("Appointment", date=["ge2026-11-01", "lt2026-11-05"]) == []


def test_date_when_centres_have_other_clocks(fhir: FhirClient, booking: Appointment, doctor: Doctor) -> None:
    late = SlotFactory.create(doctor=doctor, starts_at=datetime(2026, 11, 6, 19, 0, tzinfo=UTC))

    assert fhir.ids("Slot", start="2026-11-07") == [str(late.pk)]  # half past midnight in Pune
    Centre.objects.update(time_zone="America/New_York")
    assert fhir.ids("Slot", start="2026-11-06") == [str(late.pk)]


def test_condition_when_clocks_change() -> None:
    day = matching(["2026-03-29"], field="at", zone=ZoneInfo("Europe/London"), now=NOW)

    found = str(day)
    assert "2026, 3, 29, 0, 0" in found
    assert "2026, 3, 29, 23, 0" in found  # an hour shorter
    with pytest.raises(BadDateError):
        matching(["now"], field="at", zone=UTC, now=NOW)


def test_pages_when_followed(fhir: FhirClient, booking: Appointment, channel: Channel) -> None:
    later = [booked(slot=moving(booking, starts_at=START + timedelta(days=n)), channel=channel) for n in (1, 2, 3, 4)]
    seen, address = [], "/fhir/Appointment?_count=2&status=booked"
    while address:
        page = fhir.get(address).json()
        seen.append([entry["resource"]["id"] for entry in page["entry"]])
        links = {link["relation"]: link["url"] for link in page["link"]}
        address = links.get("next", "").removeprefix("http://testserver")

    references = [row.reference for row in (booking, *later)]
    assert seen == [references[:2], references[2:4], references[4:]]
    assert "status=booked" in links["self"]
    assert "_cursor=" in links["previous"]


def test_pages_when_ids_are_numbers(fhir: FhirClient, doctor: Doctor) -> None:
    second = DoctorFactory.create(centre=doctor.centre)
    first_page = fhir.read("Schedule", _count="1")
    following = next(link["url"] for link in first_page["link"] if link["relation"] == "next")

    [entry] = fhir.get(following.removeprefix("http://testserver")).json()["entry"]

    assert (first_page["entry"][0]["resource"]["id"], entry["resource"]["id"]) == (str(doctor.pk), str(second.pk))


def test_count_when_only_the_total_is_asked(fhir: FhirClient, booking: Appointment) -> None:
    for page in (fhir.read("Appointment", _count="0"), fhir.read("Appointment", _summary="count")):
        assert (page["total"], page.get("entry")) == (1, None)


def test_search_when_by_form(fhir: FhirClient, booking: Appointment) -> None:
    page = fhir.form("Appointment", patient="customer-7", status="booked")

    assert [entry["resource"]["id"] for entry in page["entry"]] == [booking.reference]
    assert fhir.form("Appointment", patient="customer-8").get("entry") is None


def test_parameter_when_unknown(fhir: FhirClient, booking: Appointment) -> None:
    page = fhir.read("Appointment", colour="blue")
    strict = fhir.get("/fhir/Appointment?colour=blue", headers={"prefer": "handling=strict"})

    assert page["entry"][-1]["search"] == {"mode": "outcome"}
    assert page["entry"][-1]["resource"]["issue"][0]["details"]["text"] == "Ignored: colour"
    assert "colour" not in page["link"][0]["url"]
    assert (strict.status_code, strict.json()["issue"][0]["expression"]) == (400, ["http.colour"])


@pytest.mark.parametrize(
    "asked",
    [
        {"status:not": "booked"},
        {"patient.name": "Asha"},
        {"date:missing": "true"},
        {"status": "lost"},
        {"_count": "many"},
        {"_count": "-1"},
        {"_cursor": "x"},
        {"_cursor": "cD1ub3doZXJl"},
        {"status": ",".join(["booked"] * 21)},
        {"patient": "x" * 501},
        {"patient": "a\0b"},
    ],
)
def test_parameter_when_it_cannot_be_taken(fhir: FhirClient, booking: Appointment, asked: dict[str, Any]) -> None:
    outcome = fhir.read("Appointment", answer=400, **asked)

    assert coding_of(outcome) == [("invalid", "invalid_request")]


def test_slots_when_searched(fhir: FhirClient, booking: Appointment) -> None:
    free = moving(booking)
    doctor = booking.slot.doctor_id

    assert fhir.ids("Slot", status="free") == [str(free.pk)]
    assert fhir.ids("Slot", status="busy", schedule=f"Schedule/{doctor}") == [str(booking.slot_id)]
    assert fhir.ids("Slot", schedule=f"Schedule/{doctor + 1}") == []
    assert fhir.ids("Slot", start="gt2026-11-05") == [str(free.pk)]
    assert fhir.ids("Slot", _id=str(free.pk)) == [str(free.pk)]
    assert fhir.ids("Schedule", actor=f"Location/{booking.centre.pk}") == [str(doctor)]
    assert fhir.ids("Schedule", actor="Location/0") == []
    assert fhir.ids("Location", _id=str(booking.centre.pk)) == [str(booking.centre.pk)]


def test_search_when_something_changes(fhir: FhirClient, booking: Appointment) -> None:
    since = "ge2026-11-02T08:59:00Z"
    assert fhir.ids("Appointment", _lastUpdated=since) == []

    by_the_clinic(booking)

    assert fhir.ids("Appointment", _lastUpdated=since) == [booking.reference]


def test_search_when_read_costs_few_queries(
    fhir: FhirClient, booking: Appointment, channel: Channel, django_assert_max_num_queries: Any
) -> None:
    for day in range(1, 5):
        booked(slot=moving(booking, starts_at=START + timedelta(days=day)), channel=channel)
    fhir.ids("Appointment")

    with django_assert_max_num_queries(4):
        assert len(fhir.ids("Appointment")) == 5
