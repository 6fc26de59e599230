"""Issue the certificate with the cancellation itself, in the same commit."""

from datetime import datetime
from typing import Any

from appointments.certificates.numbers import new_number
from appointments.languages import language_of
from appointments.models import AppointmentEvent, Centre, Certificate
from appointments.promises import promise_for


def issue_certificate(*, event: AppointmentEvent, now: datetime) -> Certificate:
    """Write the certificate of a cancellation, with what is true now. The database refuses a second one."""
    number = new_number()
    while Certificate.objects.filter(number=number).exists():
        number = new_number()
    return Certificate.objects.create(
        number=number,
        event=event,
        language=language_of(event.appointment.chain.patient),
        facts=_facts(event),
        issued_at=now,
    )


def centre_then(certificate: Certificate) -> Centre:
    """Return the centre as it was when the certificate was issued; it is no row."""
    return Centre(**certificate.facts["centre"])


def _promised(event: AppointmentEvent, centre: Centre) -> dict[str, str]:
    """Return the day promised for each way the money goes back; the refunds store the same ones."""
    ways = {part["way"] for part in (event.quote or {"allocations": []})["allocations"]}
    days = {way: promise_for(way, granted_at=event.at, centre=centre) for way in sorted(ways)}
    return {way: day.isoformat() for way, day in days.items() if day}


def _facts(event: AppointmentEvent) -> dict[str, Any]:
    appointment = event.appointment
    centre, chain = appointment.centre, appointment.chain
    kept = ("name", "address", "time_zone", "locale", "currency", "phone", "phone_hours", "finance_phone")
    return {
        "reference": appointment.reference,
        "patient": chain.patient.name,
        "doctor": appointment.slot.doctor.name,
        "starts_at": appointment.slot.starts_at.isoformat(),
        "terms": str(chain.terms),
        "currency": chain.currency,
        "promised": _promised(event, centre),
        "centre": {name: getattr(centre, name) for name in kept},
    }
