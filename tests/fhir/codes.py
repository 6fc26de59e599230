"""Codes that R4 requires, written down from its value sets: the library that parses does not check them."""

from collections.abc import Iterator
from typing import Any

PUBLICATION = {"draft", "active", "retired", "unknown"}
CODES: dict[str, set[str]] = {
    "Appointment.status": {
        *("proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error"),
        *("checked-in", "waitlist"),
    },
    "Appointment.participant.status": {"accepted", "declined", "tentative", "needs-action"},
    "Slot.status": {"busy", "free", "busy-unavailable", "busy-tentative", "entered-in-error"},
    "Location.status": {"active", "suspended", "inactive"},
    "Location.telecom.system": {"phone", "fax", "email", "pager", "url", "sms", "other"},
    "Bundle.type": {"searchset"},
    "Bundle.link.relation": {"self", "next", "previous", "first", "last"},
    "Bundle.entry.search.mode": {"match", "include", "outcome"},
    "OperationOutcome.issue.severity": {"fatal", "error", "warning", "information"},
    "OperationOutcome.issue.code": {
        *("invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired"),
        *("forbidden", "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found"),
        *("deleted", "too-long", "code-invalid", "extension", "too-costly", "business-rule", "conflict"),
        *("transient", "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled"),
        "informational",
    },
    "CapabilityStatement.status": PUBLICATION,
    "CapabilityStatement.kind": {"instance", "capability", "requirements"},
    "CapabilityStatement.fhirVersion": {"4.0.1"},
    "CapabilityStatement.rest.mode": {"client", "server"},
    "CapabilityStatement.rest.resource.type": {"Appointment", "Slot", "Schedule", "Location", "Patient"},
    "CapabilityStatement.rest.resource.interaction.code": {"read", "search-type"},
    "CapabilityStatement.rest.resource.versioning": {"no-version", "versioned", "versioned-update"},
    "CapabilityStatement.rest.resource.searchParam.type": {
        *("number", "date", "string", "token", "reference", "composite", "quantity", "uri", "special"),
    },
    "OperationDefinition.status": PUBLICATION,
    "OperationDefinition.kind": {"operation", "query"},
    "OperationDefinition.parameter.use": {"in", "out"},
}


def wrong_codes(resource: dict[str, Any]) -> list[str]:
    """Return "path: code" for every code that R4 does not know, in a resource and in those a bundle holds."""
    found = [f"{path}: {code}" for path, code in _leaves(resource["resourceType"], resource) if _is_wrong(path, code)]
    for entry in resource.get("entry", []):
        found += wrong_codes(entry["resource"])
    return found


def _is_wrong(path: str, code: Any) -> bool:
    return path in CODES and code not in CODES[path]


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name != "resource" or not path.startswith("Bundle"):
                yield from _leaves(f"{path}.{name}", part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(path, part)
    else:
        yield path, value
