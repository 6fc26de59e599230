"""The list of appointments, and one of them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments import queries, visitors
from appointments.portal.access import PatientRequest, patient_page, seen_appointment
from appointments.portal.presenters import overview

_MOST_LISTED = 100


@patient_page
@require_safe
def appointments(request: PatientRequest) -> HttpResponse:
    """Show what is to come, soonest first, and what is over."""
    now = timezone.now()
    own = visitors.appointments_of(request.visitor)
    upcoming = list(queries.upcoming(own, now=now)[:_MOST_LISTED])
    past = list(queries.past_and_cancelled(own, now=now)[:_MOST_LISTED])
    return render(request, "portal/appointments.html", overview.list_page(upcoming, past, now=now))


@patient_page
@require_safe
def appointment(request: PatientRequest, reference: str) -> HttpResponse:
    """Show one appointment. A time that was only held for a move leads to the appointment it was held for."""
    one = seen_appointment(request, reference)
    if one.pending_move is not None and one.replaces is not None:
        return redirect("portal:appointment", one.replaces.reference)
    return render(request, "portal/appointment.html", overview.detail_page(one, now=timezone.now()))
