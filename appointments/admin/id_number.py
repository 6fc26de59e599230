"""The page of a patient's ID number: entered, opened for a purpose, destroyed; and who did what of it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminTextInputWidget

from appointments.actor import Actor
from appointments.admin.base import account_of
from appointments.errors import WrongStatusError
from appointments.manage.lookup import plain_id_number
from appointments.models import Patient, User
from appointments.usecases.id_number import FEWEST_CHARACTERS, destroy_id_number, enter_id_number, open_id_number
from refunds.bank.errors import NoBankKeys, UnreadableDetails
from refunds.bank.seal import can_seal

ENTER, OPEN = "appointments.change_patient", "appointments.open_idnumber"


class NumberForm(forms.Form):
    """The number as it stands on the paper."""

    number = forms.CharField(
        label=gettext_lazy("ID number, as on the paper"),
        help_text=gettext_lazy("Kept encrypted for two years and shown masked. The booking can then be found by it."),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the ID number")},
    )

    def clean_number(self) -> str:
        """Refuse what is too short, and anything at all where nothing can be sealed."""
        number: str = self.cleaned_data["number"]
        if len(plain_id_number(number)) < FEWEST_CHARACTERS:
            raise forms.ValidationError(
                _("An ID number has %(n)d letters and figures or more") % {"n": FEWEST_CHARACTERS}
            )
        if not can_seal():
            raise forms.ValidationError(_("It cannot be kept: BANK_DETAILS_KEYS is not set."))
        return number


class LookForm(forms.Form):
    """What somebody opens the number for."""

    purpose = forms.CharField(
        label=gettext_lazy("What do you open it for?"),
        help_text=gettext_lazy("Written down with your name."),
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"maxlength": 200, "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter what you open the ID number for")},
    )


@sensitive_post_parameters("number")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def id_number_page(request: HttpRequest, patient: Patient | None) -> HttpResponse:
    """Show what is known of the number; POST with `deed` enters, opens or destroys it, each by its own right. 404 for patients of others."""
    user = account_of(request)
    if not user.has_perm("appointments.view_patient"):
        raise PermissionDenied
    if patient is None:
        raise Http404
    if request.method != "POST":
        return _page(request, patient, user)
    deed = request.POST.get("deed", "")
    if not user.has_perm(OPEN if deed == "open" else ENTER):
        raise PermissionDenied
    if deed == "open":
        return _open(request, patient, user)
    if deed == "destroy":
        sure = bool(request.POST.get("sure"))
        if not sure:
            messages.error(request, _("Nothing was changed. Tick the box first."))
        if sure and destroy_id_number(patient_id=patient.pk, actor=Actor.staff(user), now=timezone.now()):
            messages.success(request, _("The ID number was destroyed. Nothing can be found by it any more."))
        return redirect(_address(patient))
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, user, number_form=form)
    enter_id_number(
        patient_id=patient.pk, number=form.cleaned_data["number"], actor=Actor.staff(user), now=timezone.now()
    )
    messages.success(request, _("The ID number is kept, encrypted."))
    return redirect(_address(patient))


def _open(request: HttpRequest, patient: Patient, user: User) -> HttpResponse:
    """Show the number this once, written down first."""
    form = LookForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, user, look_form=form)
    try:
        number = open_id_number(
            patient_id=patient.pk, user=user, purpose=form.cleaned_data["purpose"], now=timezone.now()
        )
    except (WrongStatusError, UnreadableDetails, NoBankKeys):
        messages.error(request, _("No ID number can be opened. It was destroyed, or its key is gone."))
        return redirect(_address(patient))
    return _page(request, patient, user, number=number)


def _page(request: HttpRequest, patient: Patient, user: User, *, number: str = "", **forms: Any) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("ID number of %(name)s") % {"name": patient.name},
        "patient": patient,
        "back": reverse("admin:appointments_patient_change", args=[patient.pk]),
        "may_enter": user.has_perm(ENTER),
        "may_open": user.has_perm(OPEN) and bool(patient.id_number_sealed),
        "number": number,
        "number_form": NumberForm(),
        "look_form": LookForm(),
        "notes": patient.id_number_notes.all()[:50],
        **forms,
    }
    return TemplateResponse(request, "admin/appointments/id_number.html", context, status=400 if forms else 200)


def _address(patient: Patient) -> str:
    return reverse("admin:appointments_patient_id_number", args=[patient.pk])
