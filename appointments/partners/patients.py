"""The customers of a partner, by the partner's own reference."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from appointments.models import PartnerPatient, Patient


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom a partner books for. `reference` is the partner's own; the rest counts the first time only."""

    reference: str
    name: str
    birth_date: date | None = None
    email: str = ""
    phone: str = ""


def patient_for(*, partner_id: int, customer: Customer) -> Patient:
    """Return the patient a partner knows by this reference, made the first time. In the caller's transaction.

    What the centre has on record since then stands: a partner cannot rewrite a patient. The database refuses a second
    patient of one reference.
    """
    known = PartnerPatient.objects.select_related("patient").filter(partner_id=partner_id, reference=customer.reference)
    found = known.first() or _introduce(partner_id, customer) or known.get()
    return found.patient


def _introduce(partner_id: int, customer: Customer) -> PartnerPatient | None:
    """Make the patient, or return None where somebody else has just done so."""
    try:
        with transaction.atomic():
            patient = Patient.objects.create(
                name=customer.name, birth_date=customer.birth_date, email=customer.email, phone=customer.phone
            )
            return PartnerPatient.objects.create(partner_id=partner_id, reference=customer.reference, patient=patient)
    except IntegrityError:
        return None
