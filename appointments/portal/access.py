"""Who may open a patient's page, and what browsers may keep of it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from appointments import queries
from appointments.actor import Actor
from appointments.models import Appointment, User
from appointments.references import read_reference

P = ParamSpec("P")


class PatientRequest(HttpRequest):
    """A request of somebody who has logged in."""

    user: User


def patient_page(
    view: Callable[Concatenate[PatientRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only somebody logged in open the page; no browser or proxy keeps it."""

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return never_cache(login_required(page))


def own_appointment(request: PatientRequest, reference: str) -> Appointment:
    """Return the patient's appointment. Raises Http404 alike for one of somebody else and one that is not there."""
    stored = read_reference(reference)
    found = queries.appointment_of_patient(request.user, reference=stored) if stored else None
    if found is None:
        raise Http404
    return found


def actor_of(request: PatientRequest) -> Actor:
    """Return the patient as the one who acts."""
    return Actor.patient(request.user)
