"""Issue the certificate with the cancellation itself, in the same commit."""

from datetime import datetime
from typing import Any

from appointments.certificates.numbers import new_number
from appointments.models import Appointment, AppointmentEvent, Centre, Certificate


def issue_certificate(*, event: AppointmentEvent, now: datetime) -> Certificate:
    """Write the certificate of a cancellation, with what is true now. The database refuses a second one."""
    appointment = event.appointment
    number = new_number()
    while Certificate.objects.filter(number=number).exists():
        number = new_number()
    return Certificate.objects.create(
        number=number,
        event=event,
        language=appointment.chain.patient.language,
        facts=_facts(appointment),
        issued_at=now,
    )


def centre_then(certificate: Certificate) -> Centre:
    """Return the centre as it was when the certificate was issued; it is no row."""
    return Centre(**certificate.facts["centre"])


def _facts(appointment: Appointment) -> dict[str, Any]:
    centre, chain = appointment.centre, appointment.chain
    kept = ("name", "address", "time_zone", "locale", "currency", "phone", "phone_hours", "finance_phone")
    return {
        "reference": appointment.reference,
        "patient": chain.patient.name,
        "doctor": appointment.slot.doctor.name,
        "starts_at": appointment.slot.starts_at.isoformat(),
        "terms": str(chain.terms),
        "currency": chain.currency,
        "centre": {name: getattr(centre, name) for name in kept},
    }
