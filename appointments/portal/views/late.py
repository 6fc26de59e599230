"""Asking the clinic for an exception after the deadline, and following what became of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments.errors import ReasonMissingError, WrongStatusError
from appointments.late.queries import newest_request, rules_offered
from appointments.models import Appointment, LateRule, LateState, LateWish
from appointments.portal.access import PatientRequest, actor_of, own_appointment, patient_page, seen_appointment
from appointments.portal.late_forms import LateRequestForm
from appointments.portal.presenters import late as pages
from appointments.portal.presenters.common import page_about
from appointments.usecases.late_request import ask_for_exception, possible_wishes, withdraw_request
from appointments.wording.formats import format_moment


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PatientRequest, reference: str) -> HttpResponse:
    """Ask what for and why; POST puts it before the clinic. What was typed stays on the page beside the error."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    earlier = newest_request(appointment)
    if earlier and earlier.state == LateState.WAITING:
        return redirect("portal:late_request", appointment.reference)
    wishes = possible_wishes(appointment, actor=actor_of(request), now=now)
    if not wishes:
        return redirect("portal:late_request" if earlier else "portal:appointment", appointment.reference)
    form = LateRequestForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        rules=rules_offered(appointment.centre.pk),
        wishes=wishes,
    )
    if form.is_valid():
        return _ask(request, appointment, form)
    until = format_moment(appointment.slot.starts_at, centre=appointment.centre)
    page = page_about(appointment, form=form, hours=appointment.centre.late_request_hours, until=until)
    page["is_about_cancelling"] = LateWish.REFUND in wishes
    return render(request, "portal/late_ask.html", page)


@patient_page
@require_safe
def late_request(request: PatientRequest, reference: str) -> HttpResponse:
    """Show how far the newest request has come."""
    appointment = seen_appointment(request, reference)
    late = newest_request(appointment)
    if late is None:
        return redirect("portal:appointment", appointment.reference)
    return render(request, "portal/late_request.html", pages.request_page(late, appointment, now=timezone.now()))


@patient_page
@require_POST
def withdraw(request: PatientRequest, reference: str) -> HttpResponse:
    """Take the request back, unless it was decided meanwhile; the page says which."""
    appointment = own_appointment(request, reference)
    late = newest_request(appointment)
    if late:
        try:
            withdraw_request(request_id=late.pk, actor=actor_of(request), now=timezone.now())
        except WrongStatusError:
            messages.warning(request, _("Nothing was changed: the request was closed meanwhile."))
    return redirect("portal:late_request", appointment.reference)


def _ask(request: PatientRequest, appointment: Appointment, form: LateRequestForm) -> HttpResponse:
    try:
        ask_for_exception(
            appointment_id=appointment.pk,
            wish=LateWish(form.cleaned_data["wish"]),
            text=form.cleaned_data["text"],
            actor=actor_of(request),
            now=timezone.now(),
            rule_id=form.rule_id,
            upload=form.upload,
        )
    except (WrongStatusError, ReasonMissingError, LateRule.DoesNotExist):
        messages.warning(request, _("Nothing was sent: something changed meanwhile. Look at your appointment again."))
        return redirect("portal:appointment", appointment.reference)
    return redirect("portal:late_request", appointment.reference)
