"""What is asked on the way to another time, and giving up a move that waits for payment."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appointments.portal.access import PatientRequest, actor_of, own_appointment, patient_page
from appointments.portal.answers import ChangeAnswers
from appointments.portal.presenters.common import page_about
from appointments.portal.reasons import is_required, reason_form, take_reason
from appointments.usecases.keep import keep_appointment


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: PatientRequest, reference: str) -> HttpResponse:
    """Ask why, where the clinic's terms want a reason."""
    appointment = own_appointment(request, reference)
    answers = ChangeAnswers.load(request, appointment)
    if answers.slot is None or not is_required(appointment):
        return redirect("portal:change", appointment.reference)
    if request.method == "POST":
        is_good = take_reason(request, appointment, answers)
        return redirect("portal:change_check" if is_good else "portal:change_reason", appointment.reference)
    page = page_about(appointment, form=reason_form(appointment, answers))
    return render(request, "portal/change_reason.html", page)


@patient_page
@require_POST
def keep(request: PatientRequest, reference: str) -> HttpResponse:
    """Give up a move that waits for payment: the appointment stays as it was."""
    appointment = own_appointment(request, reference)
    if keep_appointment(appointment_id=appointment.pk, actor=actor_of(request), now=timezone.now()):
        ChangeAnswers.forget(request, appointment)
        messages.success(request, _("You keep your appointment. Nothing was changed and nothing is to pay."))
    return redirect("portal:appointment", appointment.reference)
