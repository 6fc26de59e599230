"""Book a free time for a patient: find the patient, hold the time, take the payment on its own page."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminSelectWidget

from appointments import queries
from appointments.actor import Actor
from appointments.admin.base import account_of
from appointments.admin.board.forms import FindPatientForm
from appointments.admin.board.page import board_address
from appointments.admin.deeds import PAY, may_do
from appointments.admin.scope import centres_shown, is_doctor_desk
from appointments.board.search import find_patients, patients_of_staff
from appointments.errors import SlotTakenError
from appointments.models import Appointment, Patient, Slot, User
from appointments.usecases.book import book_unpaid
from appointments.usecases.hold import hold_slot
from appointments.wording.formats import format_moment, format_money, zone_name
from policies.errors import NoPolicyInForce


class BookForm(forms.Form):
    """For whom, and as booked through which channel: its deadline and fee count."""

    def __init__(self, *args: Any, patients: QuerySet[Patient], centre_id: int, **kwargs: Any) -> None:
        """Offer these patients and the centre's channels, the website's first."""
        super().__init__(*args, **kwargs)
        self.fields["patient"] = forms.ModelChoiceField(
            queryset=patients,
            error_messages={"required": _("Select the patient"), "invalid_choice": _("Select the patient")},
        )
        channels = queries.channels_of_centre(centre_id).order_by("-is_website", "name")
        self.fields["channel"] = forms.ModelChoiceField(
            label=_("Booked with"),
            queryset=channels,
            initial=channels.first(),
            empty_label=None,
            widget=UnfoldAdminSelectWidget,
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book_page(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Ask for whom; POST with `deed` finds patients or books. 404 for a time of another centre."""
    user, now = account_of(request), timezone.now()
    if is_doctor_desk(user) or not user.has_perm("appointments.book_appointment"):
        raise PermissionDenied
    slots = (queries.slot_of_centre(slot_id=slot_id, centre_id=int(pk)) for pk in centres_shown(user))
    slot = next(filter(None, slots), None)
    if slot is None:
        raise Http404
    is_post = request.method == "POST"
    find = FindPatientForm(request.POST if is_post else None)
    patients = patients_of_staff(user)
    found: list[Patient] = []
    if find.is_bound and find.is_valid():
        found = find_patients(patients, text=find.cleaned_data["text"])
    books = is_post and request.POST.get("deed") == "book"
    form = BookForm(request.POST if books else None, patients=patients, centre_id=slot.doctor.centre_id)
    if books and find.is_valid() and form.is_valid():
        return _book(request, slot, user, form, now=now)
    return _page(request, slot, find=find, found=found, form=form, has_looked=is_post and find.is_valid())


def _book(request: HttpRequest, slot: Slot, user: User, form: BookForm, *, now: datetime) -> HttpResponse:
    """Make the one call, or two where there is nothing to pay; lead to where it goes on."""
    actor = Actor.staff(user)
    day = slot.starts_at.astimezone(slot.doctor.centre.zone).date()
    try:
        draft = hold_slot(
            slot_id=slot.pk,
            patient_id=form.cleaned_data["patient"].pk,
            channel_id=form.cleaned_data["channel"].pk,
            actor=actor,
            now=now,
        )
    except SlotTakenError:
        messages.error(request, _("That time has just been taken. Select another time"))
        return HttpResponseRedirect(board_address(slot.doctor.centre, day))
    except NoPolicyInForce:
        messages.error(request, _("Nothing was booked: no terms are in force. A policy has to be published first."))
        return HttpResponseRedirect(board_address(slot.doctor.centre, day))
    if not slot.price:
        book_unpaid(appointment_id=draft.pk, actor=actor, now=now)
        messages.success(request, _("The appointment is booked."))
    elif may_do(PAY, user=user):
        messages.info(request, _("The time is held. It is booked once it is paid."))
        return HttpResponseRedirect(reverse("admin:appointments_appointment_pay", args=[draft.pk]))
    else:
        messages.info(request, _("The time is held. It is booked once it is paid."))
    return HttpResponseRedirect(_detail(draft))


def _page(
    request: HttpRequest, slot: Slot, *, find: FindPatientForm, form: BookForm, **context: Any
) -> TemplateResponse:
    centre = slot.doctor.centre
    values = {
        **admin.site.each_context(request),
        "title": _("Book for a patient"),
        "slot": slot,
        "when": format_moment(slot.starts_at, centre=centre),
        "zone": zone_name(slot.starts_at, centre=centre),
        "price": format_money(slot.price, currency=centre.currency, centre=centre),
        "back": board_address(centre, slot.starts_at.astimezone(centre.zone).date()),
        "find": find,
        "form": form,
        **context,
    }
    status = 400 if find.errors or form.errors else 200
    return TemplateResponse(request, "admin/appointments/book.html", values, status=status)


def _detail(appointment: Appointment) -> str:
    return reverse("admin:appointments_appointment_change", args=[appointment.pk])
