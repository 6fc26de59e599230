"""Book a free time for a patient: find the patient, hold the time, take the payment on its own page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminSelectWidget

from appointments import queries
from appointments.admin.base import account_of
from appointments.admin.board.desk_hold import hold_for, may_book_or_404
from appointments.admin.board.forms import FindPatientForm
from appointments.admin.board.newcomer import newcomer_address
from appointments.admin.board.page import board_address
from appointments.board.search import find_patients, patients_of_staff
from appointments.models import Patient, Slot
from appointments.wording.formats import format_moment, format_money, zone_name


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
    slot = may_book_or_404(user, slot_id)
    is_post = request.method == "POST"
    find = FindPatientForm(request.POST if is_post else None)
    patients = patients_of_staff(user)
    found: list[Patient] = []
    if find.is_bound and find.is_valid():
        found = find_patients(patients, text=find.cleaned_data["text"])
    books = is_post and request.POST.get("deed") == "book"
    form = BookForm(request.POST if books else None, patients=patients, centre_id=slot.doctor.centre_id)
    if books and find.is_valid() and form.is_valid():
        chosen = form.cleaned_data
        return hold_for(request, slot, user, patient_id=chosen["patient"].pk, channel_id=chosen["channel"].pk, now=now)
    return _page(request, slot, find=find, found=found, form=form, has_looked=is_post and find.is_valid())


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
        "new_url": newcomer_address(slot),
        "find": find,
        "form": form,
        **context,
    }
    status = 400 if find.errors or form.errors else 200
    return TemplateResponse(request, "admin/appointments/book.html", values, status=status)
