"""Rows → FHIR resources. What is empty is left out: FHIR knows no empty values."""

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from appointments.api.documents import amount, moment
from appointments.calendars.plain import plain
from appointments.fhir import words
from appointments.models import Appointment, AppointmentEvent, Centre, Doctor, Slot
from appointments.reasons import DOCTOR_AWAY
from policies.rules.facts import ActorKind

Resource = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def is_id(text: str) -> bool:
    """Tell whether FHIR takes it as the id of a resource."""
    return _ID.fullmatch(text) is not None


def full(value: Any) -> Any:
    """Return a resource without empty parts, however deep they are."""
    if isinstance(value, dict):
        parts = {name: full(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part not in (None, "", [], {})}
    if isinstance(value, list):
        return [part for part in map(full, value) if part not in (None, "", [], {})]
    return plain(value) if isinstance(value, str) else value


def appointment_resource(appointment: Appointment) -> Resource:
    """Return a booking read with `queries.appointments_of`, whose annotations it shows."""
    row: Any = appointment
    slot, end = appointment.slot, ending_of(appointment)
    return full(  # type: ignore[no-any-return]
        {
            "resourceType": "Appointment",
            "id": appointment.reference,
            "meta": {"lastUpdated": moment(row.updated_at)},
            "extension": [*_where_it_went(appointment), *_money_back(appointment, end)],
            "identifier": [{"system": words.system_of("appointment"), "value": appointment.reference}],
            "status": words.STATUS[Appointment.Status(appointment.status)],
            "cancelationReason": _reason(end) if end else None,
            "specialty": [{"text": slot.doctor.specialty}],
            "start": moment(slot.starts_at),
            "end": moment(slot.ends_at),
            "minutesDuration": _minutes(slot.starts_at, slot.ends_at),
            "slot": [{"reference": f"Slot/{slot.pk}"}],
            "created": moment(appointment.created_at),
            "participant": _participants(appointment),
        }
    )


def patient_resource(*, name: str, own_reference: str) -> Resource:
    """Return a patient under the partner's own reference: no more than the partner told us itself."""
    identifier = {"system": words.system_of("patient"), "value": own_reference}
    patient = {"resourceType": "Patient", "id": own_reference, "identifier": [identifier], "name": [{"text": name}]}
    return full(patient)  # type: ignore[no-any-return]


def slot_resource(slot: Slot, *, status: str) -> Resource:
    """Return a slot. The id is the API's `slot`."""
    return full(  # type: ignore[no-any-return]
        {
            "resourceType": "Slot",
            "id": str(slot.pk),
            "extension": [{"url": words.PRICE, "valueMoney": money(slot.price, slot.doctor.centre.currency)}],
            "schedule": {"reference": f"Schedule/{slot.doctor_id}"},
            "specialty": [{"text": slot.doctor.specialty}],
            "status": status,
            "start": moment(slot.starts_at),
            "end": moment(slot.ends_at),
        }
    )


def schedule_resource(doctor: Doctor) -> Resource:
    """Return a doctor's schedule at the centre. The id is the API's `doctor`."""
    return full(  # type: ignore[no-any-return]
        {
            "resourceType": "Schedule",
            "id": str(doctor.pk),
            "active": True,
            "serviceType": [{"text": doctor.specialty}],
            "specialty": [{"text": doctor.specialty}],
            "actor": [_location(doctor.centre), _practitioner(doctor)],
        }
    )


def location_resource(centre: Centre) -> Resource:
    """Return a centre."""
    return full(  # type: ignore[no-any-return]
        {
            "resourceType": "Location",
            "id": str(centre.pk),
            "extension": [{"url": words.TIME_ZONE, "valueCode": centre.time_zone}],
            "identifier": [{"system": words.system_of("centre"), "value": centre.slug}],
            "status": "active",
            "name": centre.name,
            "telecom": [{"system": "phone", "value": centre.phone}],
            "address": {"text": centre.address, "line": [centre.address]},
        }
    )


def money(minor: int, currency: str) -> Resource:
    """Return an amount as FHIR's Money, whose value is a JSON number."""
    text = amount(minor, currency)
    return {"value": float(text) if "." in text else int(text), "currency": currency}


def ending_of(appointment: Appointment) -> AppointmentEvent | None:
    """Return the event that ended a cancelled or moved one, loaded along."""
    row: Any = appointment
    return next(iter(row.endings), None)


def _where_it_went(appointment: Appointment) -> list[Resource]:
    row: Any = appointment
    links = []
    if row.moved_to:
        links.append({"url": words.MOVED_TO, "valueReference": {"reference": f"Appointment/{row.moved_to}"}})
    # A draft that waits for a payment replaces nothing yet, and perhaps never will.
    if appointment.replaces and row.was_booked:
        old = f"Appointment/{appointment.replaces.reference}"
        links.append({"url": words.REPLACES, "valueReference": {"reference": old}})
    return links


def _money_back(appointment: Appointment, end: AppointmentEvent | None) -> list[Resource]:
    if end is None or not end.quote or appointment.status != Appointment.Status.CANCELLED:
        return []
    currency = appointment.chain.currency
    parts = ((words.REFUND, "refund"), (words.FEE, "fee"))
    return [{"url": url, "valueMoney": money(int(end.quote[name]), currency)} for url, name in parts]


def _reason(end: AppointmentEvent) -> Resource:
    """Return who ended it, in HL7's words, and the code of the reason that was given."""
    moved = end.to_status == Appointment.Status.RESCHEDULED
    by_clinic = end.for_hospital and (end.actor_kind != ActorKind.SYSTEM or end.reason_code == DOCTOR_AWAY)
    if by_clinic:
        code, text = "prov", _("Moved by the clinic") if moved else _("Cancelled by the clinic")
    elif end.actor_kind == ActorKind.SYSTEM:
        code, text = "other", _("Ended by itself")
    else:
        code, text = "pat", _("Moved by the patient") if moved else _("Cancelled by the patient")
    codings = [{"system": words.CANCELLATION_REASON, "code": code}]
    if end.reason_code:
        codings.append({"system": words.REASONS, "code": end.reason_code})
    return {"coding": codings, "text": text}


def _participants(appointment: Appointment) -> list[Resource]:
    waits = appointment.status == Appointment.Status.PENDING_APPROVAL
    doctor = appointment.slot.doctor
    return [
        {"actor": _patient(appointment), "status": "accepted"},
        {"actor": _practitioner(doctor), "status": "needs-action" if waits else "accepted"},
        {"actor": _location(doctor.centre), "status": "accepted"},
    ]


def _patient(appointment: Appointment) -> Resource:
    row: Any = appointment
    own: str = row.patient_name_there or ""
    return {
        "reference": f"Patient/{own}" if is_id(own) else None,
        "type": "Patient",
        "identifier": {"system": words.system_of("patient"), "value": own} if own else None,
        "display": appointment.chain.patient.name,
    }


def _practitioner(doctor: Doctor) -> Resource:
    identifier = {"system": words.system_of("doctor"), "value": str(doctor.pk)}
    return {"type": "Practitioner", "identifier": identifier, "display": doctor.name}


def _location(centre: Centre) -> Resource:
    return {"reference": f"Location/{centre.pk}", "type": "Location", "display": centre.name}


def _minutes(starts_at: datetime, ends_at: datetime) -> int | None:
    """Return the whole minutes; FHIR takes none below one."""
    return int((ends_at - starts_at).total_seconds() // 60) or None
