"""The list of appointments, and one of them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments import queries, visitors
from appointments.models import Appointment, OfferState
from appointments.portal.access import PatientRequest, patient_page, reader_of, seen_appointment
from appointments.portal.people_choice import chosen_person, people_of
from appointments.portal.presenters import overview
from appointments.waiting.line import offer_of

_MOST_LISTED = 100


@patient_page
@require_safe
def appointments(request: PatientRequest) -> HttpResponse:
    """Show what is to come, soonest first, and what is over."""
    now = timezone.now()
    people = people_of(request.visitor) if request.visitor.carer_for else []
    person = chosen_person(request, people)
    if len(people) > 1 and person is None:
        return redirect("portal:choose_person")
    own = visitors.appointments_of(request.visitor)
    if person:
        own = own.filter(chain__patient=person.patient_id)
        request.acting_for = "" if person.is_oneself else person.name
    upcoming = list(queries.upcoming(own, now=now)[:_MOST_LISTED])
    past = list(queries.past_and_cancelled(own, now=now)[:_MOST_LISTED])
    page = overview.list_page(upcoming, past, now=now) | {"has_several_people": len(people) > 1}
    return render(request, "portal/appointments.html", page)


@patient_page
@require_safe
def appointment(request: PatientRequest, reference: str) -> HttpResponse:
    """Show one appointment. A time that was only held for a move leads to the appointment it was held for."""
    one = seen_appointment(request, reference)
    offer = offer_of(one) if one.status in (Appointment.Status.DRAFT, Appointment.Status.CANCELLED) else None
    if offer and offer.state not in (OfferState.TAKEN, OfferState.BOOKED):
        return redirect("portal:offer", one.reference)
    if one.pending_move is not None and one.replaces is not None:
        return redirect("portal:appointment", one.replaces.reference)
    return render(
        request, "portal/appointment.html", overview.detail_page(one, reader=reader_of(request), now=timezone.now())
    )
