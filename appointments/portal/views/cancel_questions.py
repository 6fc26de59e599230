"""The questions on the way to cancelling, each a page of its own that redirects after the answer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments.models import Appointment
from appointments.portal.access import PatientRequest, actor_of, own_appointment, patient_page
from appointments.portal.answers import CancelAnswers
from appointments.portal.cancel_steps import current_offer
from appointments.portal.presenters import cancelling
from appointments.portal.presenters.common import page_about
from appointments.portal.reasons import reason_form, take_reason


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: PatientRequest, reference: str) -> HttpResponse:
    """Ask why. A problem is shown after a redirect, so that Back never asks to send anything again."""
    appointment = own_appointment(request, reference)
    if appointment.status == Appointment.Status.CANCELLED:
        return redirect("portal:cancelled", appointment.reference)
    answers = CancelAnswers.load(request, appointment)
    if request.method == "POST":
        is_good = take_reason(request, appointment, answers)
        return redirect("portal:cancel_check" if is_good else "portal:cancel_reason", appointment.reference)
    form = reason_form(appointment, answers)
    return render(request, "portal/cancel_reason.html", page_about(appointment, form=form))


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def delay(request: PatientRequest, reference: str) -> HttpResponse:
    """Say on a page of its own that treatment may come later; POST goes on knowing that."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    answers = CancelAnswers.load(request, appointment)
    if not appointment.slot.doctor.delay_is_risky or answers.shown is None:
        return redirect("portal:cancel", appointment.reference)
    if not current_offer(appointment, actor=actor_of(request), answers=answers, now=now).quote.allowed:
        return redirect("portal:cancel", appointment.reference)
    if request.method == "POST":
        answers.knows_of_delay = True
        answers.save(request, appointment)
        return redirect("portal:cancel_check", appointment.reference)
    return render(request, "portal/cancel_delay.html", cancelling.delay_page(appointment, now=now))


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def no_refund(request: PatientRequest, reference: str) -> HttpResponse:
    """Say on a page of its own that nothing comes back; POST goes on knowing that."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    answers = CancelAnswers.load(request, appointment)
    if appointment.status == Appointment.Status.CANCELLED or answers.shown is None:
        return redirect("portal:cancel", appointment.reference)
    if request.method == "POST":
        answers.knows_of_no_refund = True
        answers.save(request, appointment)
        return redirect("portal:cancel_check", appointment.reference)
    offer = current_offer(appointment, actor=actor_of(request), answers=answers, now=now)
    if not offer.quote.allowed or offer.quote.refund:
        return redirect("portal:cancel", appointment.reference)
    return render(request, "portal/cancel_no_refund.html", cancelling.offer_page(offer, now=now))


@patient_page
@require_safe
def new_refund(request: PatientRequest, reference: str) -> HttpResponse:
    """Show the refund that was shown before beside the one of now; cancelling wants a new confirmation."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    answers = CancelAnswers.load(request, appointment)
    if appointment.status == Appointment.Status.CANCELLED or answers.before is None:
        return redirect("portal:cancel_check", appointment.reference)
    offer = current_offer(appointment, actor=actor_of(request), answers=answers, now=now)
    if not offer.quote.allowed:
        return redirect("portal:cancel", appointment.reference)
    answers.show(offer)
    answers.knows_of_no_refund = True  # this page says so
    answers.save(request, appointment)
    return render(request, "portal/cancel_new_refund.html", cancelling.new_refund_page(offer, answers, now=now))


@patient_page
@require_POST
def more_time(request: PatientRequest, reference: str) -> HttpResponse:
    """Hold the refund anew from now on, if it is still the same; the check page tells if it is not."""
    appointment = own_appointment(request, reference)
    answers = CancelAnswers.load(request, appointment)
    if answers.token:
        answers.token = ""
        answers.save(request, appointment)
        messages.success(request, _("You have more time. The time below is the new one."))
    return redirect("portal:cancel_check", appointment.reference)
