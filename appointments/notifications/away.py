"""What the mail says that asks a patient of an absent doctor what to do instead."""

from typing import Any

from appointments.facts import booking_facts
from appointments.leave import queries as leave_queries
from appointments.models import AppointmentEvent, EventKind
from appointments.wording.alternatives import other_times
from appointments.wording.formats import format_moment, format_money


def away_of(event: AppointmentEvent) -> dict[str, Any]:
    """Return the times to choose from, what comes back otherwise, and until when to answer."""
    case = leave_queries.case_of(event.appointment) if event.kind == EventKind.DOCTOR_AWAY else None
    if case is None:
        return {}
    case.appointment, centre = event.appointment, event.appointment.centre
    booking = booking_facts(event.appointment)
    return {
        # As they stood when the patient was asked, whatever became of them since.
        "times": other_times(case, now=event.at),
        "answer_by": format_moment(case.answer_by, centre=centre),
        "everything": format_money(booking.left_of_patient, currency=event.appointment.chain.currency, centre=centre),
        "is_paid": booking.left_of_patient > 0,
    }
