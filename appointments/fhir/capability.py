"""The CapabilityStatement: what this server does, for machines that ask before they try."""

from typing import Any

from appointments.fhir import words
from appointments.fhir.resources import Resource

#: The day on which what is said here last changed.
_SINCE = "2026-11-22"
_SEARCHES: dict[str, dict[str, str]] = {
    "Appointment": {
        "_id": "token",
        "_lastUpdated": "date",
        "date": "date",
        "identifier": "token",
        "patient": "reference",
        "status": "token",
    },
    "Location": {"_id": "token"},
    "Schedule": {"_id": "token", "actor": "reference"},
    "Slot": {"_id": "token", "schedule": "reference", "start": "date", "status": "token"},
}


def capability_statement() -> Resource:
    """Return the statement. Nothing in it depends on who asks."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _SINCE,
        "kind": "instance",
        "software": {"name": "Fairslot"},
        "implementation": {"description": "Appointments of this installation", "url": words.base()},
        "fhirVersion": words.VERSION,
        "format": ["json", words.MEDIA_TYPE],
        "rest": [{"mode": "server", "security": _security(), "resource": _resources()}],
    }


def _security() -> dict[str, Any]:
    service = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "OAuth"}]
    }
    return {
        "service": [service],
        "description": "OAuth 2.0 client credentials, or a key: docs/api.md, under keys and tokens.",
    }


def _resources() -> list[dict[str, Any]]:
    resources = [_resource(type_, params) for type_, params in _SEARCHES.items()]
    return [*resources, {"type": "Patient", "interaction": [{"code": "read"}], "versioning": "no-version"}]


def _resource(type_: str, params: dict[str, str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": type_,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [{"name": name, "type": kind} for name, kind in params.items()],
    }
    if type_ == "Appointment":
        definition = f"{words.base()}/OperationDefinition/Appointment-cancel"
        described["operation"] = [{"name": "cancel", "definition": definition}]
    return described


def cancel_operation() -> Resource:
    """Return the definition of Appointment/$cancel."""
    reason = {
        "name": "cancelationReason",
        "use": "in",
        "min": 0,
        "max": "1",
        "type": "CodeableConcept",
        "documentation": f"Why. The code is one of {words.REASONS}; text is taken where the reason asks for one.",
    }
    quote = {
        "name": "quote",
        "use": "in",
        "min": 0,
        "max": "1",
        "type": "string",
        "documentation": "The token of the quote that was shown. Without it the figures of this moment count.",
    }
    result = {"name": "return", "use": "out", "min": 1, "max": "1", "type": "Appointment"}
    return {
        "resourceType": "OperationDefinition",
        "id": "Appointment-cancel",
        "url": f"{words.base()}/OperationDefinition/Appointment-cancel",
        "name": "AppointmentCancel",
        "title": "Cancel an appointment",
        "status": "active",
        "kind": "operation",
        "date": _SINCE,
        "affectsState": True,
        "code": "cancel",
        "resource": ["Appointment"],
        "system": False,
        "type": False,
        "instance": True,
        "parameter": [reason, quote, result],
    }
