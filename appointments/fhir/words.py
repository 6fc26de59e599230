"""Names that FHIR needs: addresses, systems of identifiers, extensions, and our statuses in its words."""

from django.conf import settings

from appointments.models import Appointment

MEDIA_TYPE = "application/fhir+json"
VERSION = "4.0.1"

#: R5's Appointment.replaces in R4, by HL7's rule for elements of a later version.
REPLACES = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.replaces"
MOVED_TO = "urn:fairslot:fhir:moved-to"
REFUND = "urn:fairslot:fhir:cancellation-refund"
FEE = "urn:fairslot:fhir:cancellation-fee"
PRICE = "urn:fairslot:fhir:slot-price"
NEW_QUOTE = "urn:fairslot:fhir:new-quote"
PROBLEM = "urn:fairslot:problem"
REASONS = "urn:fairslot:fhir:cancellation-reason"
CANCELLATION_REASON = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"
STATUS_SYSTEM = "http://hl7.org/fhir/appointmentstatus"
SLOT_STATUS_SYSTEM = "http://hl7.org/fhir/slotstatus"
TIME_ZONE = "http://hl7.org/fhir/StructureDefinition/timezone"

_S = Appointment.Status
#: Each of our statuses in FHIR's words. A moved one is cancelled there: what it became says so by `replaces`.
STATUS = {
    _S.DRAFT: "proposed",
    _S.PENDING_APPROVAL: "pending",
    _S.CONFIRMED: "booked",
    _S.CHECKED_IN: "checked-in",
    _S.COMPLETED: "fulfilled",
    _S.NO_SHOW: "noshow",
    _S.CANCELLED: "cancelled",
    _S.RESCHEDULED: "cancelled",
}
#: Every code of R4, those that never occur here included.
ALL_STATUSES = frozenset({*STATUS.values(), "arrived", "entered-in-error", "waitlist"})
ALL_SLOT_STATUSES = frozenset({"busy", "free", "busy-unavailable", "busy-tentative", "entered-in-error"})


def base() -> str:
    """Return the address of the FHIR server, without a slash at the end."""
    return f"{settings.SITE_URL}/fhir"


def system_of(thing: str) -> str:
    """Return the system of our identifiers of a thing, such as "appointment"."""
    return f"{base()}/identifier/{thing}"
