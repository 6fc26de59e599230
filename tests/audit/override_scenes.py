"""An override that two people made, to be tampered with."""

from decimal import Decimal

from appointments.models import ReasonCode
from appointments.reasons import Reason
from appointments.usecases.override import approve_override, ask_for_override, worth_now
from tests import factories
from tests.audit.scenes import keys_of
from tests.audit.tampering import Keys
from tests.factories import NOW
from tests.factories.people import staff_member


def override_approved() -> Keys:
    """One person asked for 40 percent, another approved it."""
    ReasonCode.objects.create(code="ill", label="Ill", for_staff=True)
    appointment = factories.booked(booked_at=NOW)
    asked = ask_for_override(
        appointment_id=appointment.pk,
        asked_by=staff_member(appointment.centre, "override_percentage"),
        now=NOW,
        reason=Reason("ill", "Letter seen"),
        percent=Decimal(40),
    )
    approve_override(
        request_id=asked.pk,
        user=staff_member(appointment.centre, "approve_override"),
        shown=worth_now(asked, now=NOW).figures,
        now=NOW,
    )
    return keys_of(appointment)
