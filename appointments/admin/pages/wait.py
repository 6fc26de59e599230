"""Put a patient on the waiting list: for an earlier time of an appointment, or for a first booking. By the patient's own rules."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appointments import bookable
from appointments.actor import Actor
from appointments.admin.base import account_of
from appointments.admin.deeds import WAIT, may_do
from appointments.admin.desk import Desk
from appointments.admin.scope import centres_shown
from appointments.admin.waiting_forms import DeskEarlierForm, DeskJoinForm, refusal_words_of
from appointments.facts import booking_facts
from appointments.models import Centre, Patient, User, WaitingEntry
from appointments.usecases.wait import HORIZON, CannotWaitError, join_list, join_to_move
from appointments.waiting.line import entry_to_move
from appointments.wording.waiting import days_words, wish_words
from policies.queries import terms_of
from policies.rules.facts import ActorKind, RescheduleRequest
from policies.rules.rescheduling import refusal_to_move

_MONTH = timedelta(days=30)


def wait_page(desk: Desk) -> HttpResponse:
    """Ask from when on an earlier time would do; POST joins. The appointment stays as it is."""
    appointment, zone = desk.appointment, desk.appointment.centre.zone
    today, last = desk.now.astimezone(zone).date(), appointment.slot.starts_at.astimezone(zone).date()
    form = DeskEarlierForm(
        desk.request.POST if desk.request.method == "POST" else None,
        initial={"first_day": today, "last_day": last},
        appointment=appointment,
        same_doctor=terms_of(appointment.chain.terms).reschedule.same_doctor_required,
        first=today,
        last=last,
    )
    if form.is_valid():
        try:
            join_to_move(appointment_id=appointment.pk, wish=form.wish(), actor=desk.actor, now=desk.now)
        except CannotWaitError as error:
            form.add_error(None, refusal_words_of(error.code))
        else:
            return desk.back(done=_("%(name)s is on the waiting list.") % {"name": appointment.chain.patient.name})
    return desk.page(
        "wait.html",
        title=_("Wait for an earlier time"),
        form=form,
        back=desk.address(),
        back_label=_("Back to the appointment"),
        status=400 if form.errors else 200,
    )


def waiting_move_of(desk: Desk) -> dict[str, str]:
    """Return what the detail page says about an earlier time: an open entry with its address, or where to ask for one."""
    if desk.is_doctor:
        return {}
    entry = entry_to_move(desk.appointment)
    if entry is not None and desk.user.has_perm("appointments.view_waitingentry"):
        about = {"wish": wish_words(entry), "days": days_words(entry)}
        address = reverse("admin:appointments_waitingentry_change", args=[entry.pk])
        return {"words": _("Waits for an earlier time: %(wish)s, %(days)s.") % about, "address": address}
    if entry is None and may_do(WAIT, user=desk.user) and _may_be_asked_for(desk):
        return {"ask_address": reverse("admin:appointments_appointment_wait", args=[desk.appointment.pk])}
    return {}


def _may_be_asked_for(desk: Desk) -> bool:
    """Tell whether the patient's own rules let an earlier time be waited for. The use case checks again under the lock."""
    appointment = desk.appointment
    if not WAIT.fits(appointment, now=desk.now) or not appointment.centre.waiting_list:
        return False
    terms, as_patient = terms_of(appointment.chain.terms).reschedule, RescheduleRequest(ActorKind.PATIENT)
    return refusal_to_move(terms, booking_facts(appointment), as_patient, desk.now) is None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wait_for_booking_page(request: HttpRequest, patient: Patient | None) -> HttpResponse:
    """Ask with whom and when; POST joins. 404 for patients of others, and where no centre of the account has a list."""
    user, now = account_of(request), timezone.now()
    if not user.has_perm("appointments.view_patient") or not may_do(WAIT, user=user):
        raise PermissionDenied
    centres = _centres(user)
    if patient is None or not centres:
        raise Http404
    centre = centres.get(request.GET.get("centre", "")) or next(iter(centres.values()))
    today = now.astimezone(centre.zone).date()
    form = DeskJoinForm(
        request.POST if request.method == "POST" else None,
        initial={"first_day": today, "last_day": today + _MONTH},
        specialties=bookable.specialties_of(centre.pk),
        doctors=bookable.doctors_of(bookable.Wish(centre.pk)),
        first=today,
        last=today + HORIZON,
        centre=centre,
    )
    if form.is_valid():
        try:
            entry = join_list(patient_id=patient.pk, centre=centre, wish=form.wish(), actor=Actor.staff(user), now=now)
        except CannotWaitError as error:
            form.add_error(None, refusal_words_of(error.code))
        else:
            messages.success(request, _("%(name)s is on the waiting list.") % {"name": patient.name})
            return redirect(_after(entry, user))
    return _page(request, patient, centre, centres, form)


def _after(entry: WaitingEntry, user: User) -> str:
    if user.has_perm("appointments.view_waitingentry"):
        return reverse("admin:appointments_waitingentry_change", args=[entry.pk])
    return reverse("admin:appointments_patient_change", args=[entry.patient_id])


def _centres(user: User) -> dict[str, Centre]:
    """Return the centres of this account that have a waiting list, by pk as text."""
    booked_here = {one.pk for one in bookable.centres()}
    return {key: one for key, one in centres_shown(user).items() if one.waiting_list and one.pk in booked_here}


def _page(
    request: HttpRequest, patient: Patient, centre: Centre, centres: dict[str, Centre], form: DeskJoinForm
) -> TemplateResponse:
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Put on the waiting list"),
        "patient": patient,
        "centre": centre,
        "others": [one for one in centres.values() if one != centre],
        "form": form,
        "back": reverse("admin:appointments_patient_change", args=[patient.pk]),
        "back_label": _("Back to the patient"),
    }
    return TemplateResponse(
        request, "admin/appointments/wait_for_booking.html", context, status=400 if form.errors else 200
    )
