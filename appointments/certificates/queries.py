"""Certificates, for their owners and for whoever checks one. Read-only."""

from appointments.models import Appointment, AppointmentEvent, Certificate
from refunds import queries as refund_queries
from refunds.models import Refund, Way


def certificate_of(appointment: Appointment) -> Certificate | None:
    """Return the certificate of a cancelled appointment, or None."""
    return Certificate.objects.select_related("event").filter(event__appointment=appointment).first()


def certificate_of_event(event: AppointmentEvent) -> Certificate | None:
    """Return the certificate that was issued with this cancellation, or None."""
    return Certificate.objects.filter(event=event).first()


def certificate_numbered(number: str) -> Certificate | None:
    """Return the certificate with this number, as it is stored, or None."""
    return Certificate.objects.select_related("event").filter(number=number).first()


def refunds_of(certificate: Certificate) -> list[Refund]:
    """Return the patient's own refunds of the cancellation; the insurer's part is not told to strangers."""
    refunds = refund_queries.refunds_for(cause=f"cancel:{certificate.event_id}")
    return list(refunds.exclude(way=Way.INSURANCE_WINDOW))
