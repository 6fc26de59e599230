"""The doctor is away: choose one of the times that are held, or the money; check; done."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.errors import NotAllowedError, SlotTakenError
from appointments.facts import open_case
from appointments.models import Appointment
from appointments.portal.access import PatientRequest, actor_of, own_appointment, patient_page
from appointments.portal.forms import MONEY, AwayForm
from appointments.portal.presenters import away as pages
from appointments.usecases.leave_case import NothingToAnswerError, take_money, take_time


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: PatientRequest, reference: str) -> HttpResponse:
    """Show the times that are held and the money; POST keeps nothing and goes on to the check."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    if away := _nothing_to_answer(appointment):
        return away
    choices = pages.choices_of(appointment, now=now)
    form = AwayForm(request.POST if request.method == "POST" else None, choices=choices)
    if form.is_valid():
        check_url = reverse("portal:away_check", args=[appointment.reference])
        return redirect(f"{check_url}?choice={form.cleaned_data['choice']}")
    return render(request, "portal/away.html", pages.choose_page(appointment, now=now) | {"form": form})


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PatientRequest, reference: str) -> HttpResponse:
    """Show once more what was chosen; POST does it."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    if away := _nothing_to_answer(appointment):
        return away
    sent = request.POST if request.method == "POST" else request.GET
    form = AwayForm(sent, choices=pages.choices_of(appointment, now=now))
    if not form.is_valid():
        return _choose_again(request, appointment) if sent.get("choice") else redirect("portal:away", reference)
    choice = form.cleaned_data["choice"]
    if request.method == "POST":
        return _do(request, appointment, choice)
    return render(request, "portal/away_check.html", pages.check_page(appointment, choice, now=now))


def _nothing_to_answer(appointment: Appointment) -> HttpResponse | None:
    """Return where the appointment went, for one that is not (or no more) asked about."""
    page = {
        Appointment.Status.CANCELLED: "portal:cancelled",
        Appointment.Status.RESCHEDULED: "portal:changed",
    }.get(Appointment.Status(appointment.status), "portal:appointment")
    return None if open_case(appointment) else redirect(page, appointment.reference)


def _do(request: PatientRequest, appointment: Appointment, choice: str) -> HttpResponse:
    """Make the one call. A time that is gone leads back to those that are left."""
    actor, now = actor_of(request), timezone.now()
    try:
        if choice == MONEY:
            take_money(appointment_id=appointment.pk, actor=actor, now=now)
            return redirect("portal:cancelled", appointment.reference)
        take_time(appointment_id=appointment.pk, slot_id=int(choice), actor=actor, now=now)
    except NothingToAnswerError:
        return redirect("portal:appointment", appointment.reference)
    except (SlotTakenError, NotAllowedError):
        return _choose_again(request, appointment)
    return redirect("portal:changed", appointment.reference)


def _choose_again(request: PatientRequest, appointment: Appointment) -> HttpResponse:
    form = AwayForm(None, choices=pages.choices_of(appointment, now=timezone.now()))
    page = pages.choose_page(appointment, now=timezone.now())
    gone = _("That time can no longer be chosen. Select another one, or the money")
    return render(request, "portal/away.html", page | {"form": form, "gone": gone}, status=409)
