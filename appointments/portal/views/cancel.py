"""Cancelling: the offer, the check, the deed, and the page that says it is done."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from appointments.errors import NotAllowedError, QuoteChangedError, ReasonMissingError, ReasonUnknownError
from appointments.facts import open_case
from appointments.models import Appointment
from appointments.offers import CancellationOffer
from appointments.portal.access import (
    PatientRequest,
    actor_of,
    own_appointment,
    patient_page,
    reader_of,
    seen_appointment,
)
from appointments.portal.answers import CancelAnswers
from appointments.portal.cancel_steps import current_offer, shown_amount, step_before_check
from appointments.portal.presenters import cancelling
from appointments.usecases.cancel import cancel_appointment


@patient_page
@require_safe
def start(request: PatientRequest, reference: str) -> HttpResponse:
    """Show what comes back before anything is decided; the figures are held from here on."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    if appointment.status == Appointment.Status.CANCELLED:
        return redirect("portal:cancelled", appointment.reference)
    if appointment.status == Appointment.Status.RESCHEDULED:
        return redirect("portal:appointment", appointment.reference)
    if open_case(appointment):
        return redirect("portal:away", appointment.reference)
    answers = CancelAnswers.load(request, appointment)
    offer = current_offer(appointment, actor=actor_of(request), answers=answers, now=now)
    if not offer.quote.allowed:
        return render(request, "portal/cancel_refused.html", cancelling.refused_page(offer, now=now))
    answers.show(offer)
    answers.start_over()
    answers.save(request, appointment)
    return render(request, "portal/cancel_offer.html", cancelling.offer_page(offer, now=now))


@sensitive_post_parameters("token")
@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PatientRequest, reference: str) -> HttpResponse:
    """Show answers and figures once more; POST cancels by the figures that were shown."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    if appointment.status == Appointment.Status.CANCELLED:
        return redirect("portal:cancelled", appointment.reference)
    answers = CancelAnswers.load(request, appointment)
    if step := step_before_check(appointment, answers):
        return redirect(step, appointment.reference)
    if request.method == "POST":
        return _cancel(request, appointment, answers, token=request.POST.get("token", ""))
    offer = current_offer(appointment, actor=actor_of(request), answers=answers, now=now)
    if not offer.quote.allowed:
        return redirect("portal:cancel", appointment.reference)
    has_changed = answers.show(offer)
    answers.save(request, appointment)
    if has_changed:
        return redirect("portal:cancel_new_refund", appointment.reference)
    return render(request, "portal/cancel_check.html", cancelling.check_page(offer, answers, now=now))


@patient_page
@require_safe
def cancelled(request: PatientRequest, reference: str) -> HttpResponse:
    """Say that it is done; the address can be opened again at any time."""
    appointment = seen_appointment(request, reference)
    if appointment.status != Appointment.Status.CANCELLED:
        return redirect("portal:appointment", appointment.reference)
    page = cancelling.cancelled_page(appointment, reader=reader_of(request), now=timezone.now())
    return render(request, "portal/cancelled.html", page)


def _cancel(request: PatientRequest, appointment: Appointment, answers: CancelAnswers, *, token: str) -> HttpResponse:
    """Cancel once, by the token that was shown; whatever stands in the way leads to the page that says so."""
    try:
        cancel_appointment(
            appointment_id=appointment.pk,
            actor=actor_of(request),
            now=timezone.now(),
            reason=answers.reason,
            quote_token=token,
        )
    except QuoteChangedError as error:
        return _show_new_offer(request, appointment, answers, error)
    except NotAllowedError:
        # Page 3 finds the same refusal and words it; for an appointment that is over it leads to where it went.
        return redirect("portal:cancel", appointment.reference)
    except (ReasonMissingError, ReasonUnknownError):
        answers.has_problem = True
        answers.save(request, appointment)
        return redirect("portal:cancel_reason", appointment.reference)
    CancelAnswers.forget(request, appointment)
    return redirect("portal:cancelled", appointment.reference)


def _show_new_offer(
    request: PatientRequest, appointment: Appointment, answers: CancelAnswers, error: QuoteChangedError
) -> HttpResponse:
    offer = error.offer
    assert isinstance(offer, CancellationOffer)
    answers.shown = shown_amount(request, default=answers.shown)
    has_changed = answers.show(offer)
    answers.save(request, appointment)
    if has_changed:
        return redirect("portal:cancel_new_refund", appointment.reference)
    messages.warning(
        request, _("The time we held your refund for you is over. The amount is still the same. Confirm once more.")
    )
    return redirect("portal:cancel_check", appointment.reference)
