"""The waiting list: join it, see one's place, leave it."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments import bookable, visitors
from appointments.models import Appointment, Centre, EntryState
from appointments.portal.access import (
    AccountRequest,
    PatientRequest,
    account_page,
    actor_of,
    own_appointment,
    patient_page,
)
from appointments.portal.booking_steps import party_of
from appointments.portal.change_steps import refusal_of
from appointments.portal.presenters import waiting as pages
from appointments.portal.presenters.common import page_about
from appointments.portal.waiting_forms import EarlierForm, JoinForm
from appointments.usecases.wait import HORIZON, CannotWaitError, end_entry, join_list, join_to_move
from appointments.waiting.line import entry_to_move, place_of
from appointments.wording.waiting import place_words
from policies.queries import terms_of

_MONTH = timedelta(days=30)


@patient_page
@require_safe
def waiting(request: PatientRequest) -> HttpResponse:
    """Show what the visitor waits for, with the place in line."""
    entries = visitors.waiting_entries_of(request.visitor)
    may_end = set(visitors.waiting_entries_of(request.visitor, to_act=True).values_list("pk", flat=True))
    return render(request, "portal/waiting.html", pages.list_page(entries, may_end=may_end))


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: AccountRequest) -> HttpResponse:
    """Say what will happen and ask for whom to wait; POST joins."""
    party = party_of(request)
    if isinstance(party, HttpResponse):
        return party
    centre = _centre(request.GET.get("centre", ""))
    now = timezone.now()
    today = now.astimezone(centre.zone).date()
    asked = request.GET
    initial = {"specialty": asked.get("specialty", ""), "doctor": asked.get("doctor", "")}
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        initial=initial | {"first_day": today, "last_day": today + _MONTH},
        specialties=bookable.specialties_of(centre.pk),
        doctors=bookable.doctors_of(bookable.Wish(centre.pk)),
        first=today,
        last=today + HORIZON,
        centre=centre,
    )
    if form.is_valid():
        try:
            entry = join_list(patient_id=party.patient.pk, centre=centre, wish=form.wish(), actor=party.actor, now=now)
        except CannotWaitError as error:
            form.add_error("specialty", _why_not(error.code))
        else:
            messages.success(
                request, _("You are on the waiting list. %(place)s") % {"place": place_words(place_of(entry))}
            )
            return redirect("portal:waiting")
    return render(request, "portal/waiting_join.html", pages.join_page(centre) | {"form": form, "party": party})


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def join_earlier(request: PatientRequest, reference: str) -> HttpResponse:
    """Ask from when on an earlier time would do; POST joins. The appointment stays as it is."""
    now = timezone.now()
    appointment = own_appointment(request, reference)
    if entry_to_move(appointment) or not pages.may_wait(appointment) or refusal_of(appointment, now=now) is not None:
        return redirect("portal:appointment", appointment.reference)
    form = _earlier_form(request, appointment)
    if form.is_valid():
        try:
            entry = join_to_move(appointment_id=appointment.pk, wish=form.wish(), actor=actor_of(request), now=now)
        except CannotWaitError as error:
            form.add_error("with_whom", _why_not(error.code))
        else:
            place = place_words(place_of(entry))
            messages.success(
                request, _("You are on the waiting list for an earlier time. %(place)s") % {"place": place}
            )
            return redirect("portal:appointment", appointment.reference)
    page = pages.join_page(appointment.centre) | page_about(appointment, form=form)
    return render(request, "portal/waiting_earlier.html", page)


@patient_page
@require_POST
def leave(request: PatientRequest, entry_id: int) -> HttpResponse:
    """Leave the list; a time that is offered now goes to the next in line. A second click finds it left."""
    found = visitors.waiting_entry_of(request.visitor, entry_id=entry_id)
    if found is None:
        if visitors.waiting_entries_of(request.visitor, to_act=True, ended=True).filter(pk=entry_id).exists():
            return redirect("portal:waiting")
        raise Http404
    entry, actor = found
    if end_entry(entry_id=entry.pk, state=EntryState.LEFT, actor=actor, now=timezone.now()):
        messages.success(request, _("You have left the waiting list. Your appointments stay as they are."))
    if entry.appointment:
        return redirect("portal:appointment", entry.appointment.reference)
    return redirect("portal:waiting")


def _centre(asked: str) -> Centre:
    """Return the centre asked for, if it has a waiting list. Raises Http404."""
    listed = {str(one.pk): one for one in bookable.centres() if one.waiting_list}
    if asked not in listed:
        raise Http404
    return listed[asked]


def _earlier_form(request: PatientRequest, appointment: Appointment) -> EarlierForm:
    zone = appointment.centre.zone
    today, last = timezone.now().astimezone(zone).date(), appointment.slot.starts_at.astimezone(zone).date()
    return EarlierForm(
        request.POST if request.method == "POST" else None,
        initial={"first_day": today, "last_day": last},
        appointment=appointment,
        same_doctor=terms_of(appointment.chain.terms).reschedule.same_doctor_required,
        first=today,
        last=last,
    )


def _why_not(code: str) -> str:
    """Say why a wish cannot be put on the list."""
    return {
        "waits_already": _("You wait for this already. Leave the list first if you want other days"),
        "too_many": _("You wait for as much as one can at once. Leave another list first"),
        "list_closed": _("This clinic has no waiting list at the moment"),
        "cannot_move": _("This appointment can no longer be moved online"),
        "days": _("These days cannot be waited for. Choose others"),
    }[code]
