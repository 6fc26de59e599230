"""A partner that speaks FHIR, at a moment that stands still."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from fhir.resources.R4B import get_fhir_model_class

from appointments.models import Appointment, Channel, Doctor, Partner, Slot
from appointments.partners.keys import issue_key
from appointments.partners.patients import Customer, patient_for
from appointments.reasons import Reason
from appointments.usecases.cancel import cancel_appointment
from tests.api.conftest import channel, partner
from tests.factories import NOW, DoctorFactory, ReasonCodeFactory, SlotFactory, booked, doctor_of
from tests.fhir.codes import wrong_codes

__all__ = ["channel", "partner"]

ILL = Reason("ill")
MEDIA_TYPE = "application/fhir+json; charset=utf-8"


def parsed(resource: dict[str, Any]) -> Any:
    """Return a resource as fhir.resources reads it, and what a bundle holds; it raises for what is none."""
    for entry in resource.get("entry", []):
        parsed(entry["resource"])
    return get_fhir_model_class(resource["resourceType"]).model_validate(resource)


class FhirClient(Client):
    """Calls as one partner. Every answer is FHIR that a library reads, errors too."""

    def __init__(self, secret: str = "") -> None:
        super().__init__(headers={"authorization": f"Api-Key {secret}"} if secret else {})

    def read(self, path: str, *, answer: int = 200, **query: Any) -> Any:
        """Get a resource."""
        return self._checked(self.get(f"/fhir/{path}", query), answer)

    def form(self, path: str, **query: Any) -> Any:
        """Search by form."""
        sent, media_type = urlencode(query), "application/x-www-form-urlencoded"
        return self._checked(self.post(f"/fhir/{path}/_search", sent, content_type=media_type), 200)

    def cancel(self, reference: str, *parameters: dict[str, Any], answer: int = 200, key: str = "") -> Any:
        """Cancel with these parameters; without any, nothing is sent."""
        sent = {"resourceType": "Parameters", "parameter": list(parameters)} if parameters else ""
        headers = {"idempotency-key": key} if key else {}
        path = f"/fhir/Appointment/{reference}/$cancel"
        response = self.post(path, sent, content_type="application/fhir+json", headers=headers)
        return self._checked(response, answer)

    def ids(self, path: str, **query: Any) -> list[str]:
        """Search, and return the ids of what is found."""
        entries = self.read(path, **query).get("entry", [])
        return [entry["resource"]["id"] for entry in entries if entry["search"]["mode"] == "match"]

    @staticmethod
    def _checked(answer: Any, status: int) -> Any:
        assert (answer.status_code, answer["Content-Type"]) == (status, MEDIA_TYPE), answer.content
        resource = answer.json()
        parsed(resource)
        assert wrong_codes(resource) == []
        return resource


def speaker_of(partner: Partner, **limits: Any) -> FhirClient:
    """Return a client with a new key of this partner."""
    return FhirClient(issue_key(partner_id=partner.pk, now=NOW, **limits).secret)


def by_the_clinic(booking: Appointment) -> None:
    """Cancel as the doctor."""
    cancel_appointment(appointment_id=booking.pk, actor=doctor_of(booking), now=NOW, reason=ILL)


def coding_of(outcome: Any) -> list[tuple[str, str]]:
    """Return the kind and our code of each issue."""
    return [(issue["code"], issue["details"]["coding"][0]["code"]) for issue in outcome["issue"]]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def fhir(partner: Partner) -> FhirClient:
    return speaker_of(partner)


@pytest.fixture
def doctor(channel: Channel) -> Doctor:
    """A doctor at the centre of the partner's channel."""
    return DoctorFactory.create(centre=channel.centre, name="Dr Hugh Lindqvist", specialty="Oncology")


@pytest.fixture
def slot(doctor: Doctor) -> Slot:
    return SlotFactory.create(doctor=doctor)


@pytest.fixture
def booking(slot: Slot, channel: Channel, partner: Partner) -> Appointment:
    """Booked by the partner for its customer 7, ten days ago, for 1,000 rupees. A reason is there for everybody."""
    ReasonCodeFactory.create(code="ill")
    customer = Customer(reference="customer-7", name="Asha Rao", email="asha@example.org")
    return booked(slot=slot, channel=channel, patient=patient_for(partner_id=partner.pk, customer=customer))
