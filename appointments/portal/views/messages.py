"""How a patient hears from the clinic: for oneself, and for those one may act for."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.models import Patient
from appointments.portal.access import AccountRequest, account_page
from appointments.portal.message_forms import MessagesForm
from appointments.portal.presenters.messages import ways_of, wishes_page
from appointments.usecases.choose_messages import MessageWishes, choose_messages
from appointments.visitors import own_patient


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: AccountRequest) -> HttpResponse:
    """Ask how the account's own patient wants to hear from the clinic; 404 for an account without one."""
    patient = own_patient(request.visitor)
    if patient is None:
        raise Http404
    return _ask(request, patient)


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def of_another(request: AccountRequest, relation_id: UUID) -> HttpResponse:
    """Ask it for somebody one may act for; 404 alike for a right only to look, one that has ended and one of somebody else."""
    right = next((one for one in request.visitor.carer_for if one.pk == relation_id and one.may_act), None)
    if right is None:
        raise Http404
    request.acting_for = right.patient.name
    return _ask(request, right.patient)


def _ask(request: AccountRequest, patient: Patient) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = MessagesForm(data, wishes=MessageWishes.of(patient), ways=ways_of(patient))
    if form.is_valid():
        choose_messages(patient_id=patient.pk, wishes=form.wishes)
        messages.success(request, _("Saved."))
        return redirect(request.path)
    return render(request, "portal/messages.html", wishes_page(patient) | {"form": form})
