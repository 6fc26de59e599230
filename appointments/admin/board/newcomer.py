"""Book a free time for somebody who was never here: who it is, what the terms are, and only then the hold."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appointments import bookable
from appointments.actor import Actor
from appointments.admin.base import account_of
from appointments.admin.board.desk_hold import go_on, hold_for, may_book_or_404
from appointments.admin.board.newcomer_form import NEW, NewcomerForm
from appointments.admin.board.page import board_address
from appointments.admin.scope import centres_shown
from appointments.days import midnights
from appointments.errors import SlotTakenError, TermsChangedError
from appointments.languages import usual_language
from appointments.models import Appointment, Chain, Patient, Slot, User
from appointments.newcomers import known_like
from appointments.phones import region_of
from appointments.usecases.enter_patient import KnownAlreadyError, enter_and_hold
from appointments.usecases.hold import Shown, terms_for
from appointments.wording.formats import format_clock, format_moment, format_money, zone_name
from appointments.wording.terms import policy_words
from policies.errors import NoPolicyInForce

_MOST_TIMES = 8


@sensitive_post_parameters("name", "birth_date", "phone", "email")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def newcomer_page(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Ask who it is; POST shows who is known already and the terms, and holds the time once these were seen. 404 for a time of another centre."""
    user, now = account_of(request), timezone.now()
    slot = may_book_or_404(user, slot_id)
    is_post = request.method == "POST"
    initial = {"language": usual_language()}
    form = NewcomerForm(request.POST if is_post else None, initial=initial, centre=slot.doctor.centre, now=now)
    if not is_post or not form.is_valid():
        return _page(request, slot, form, status=400 if form.errors else 200)
    known = _known(form, slot, user)
    same = form.same_as(known)
    if same is not None:
        return hold_for(request, slot, user, patient_id=same.pk, channel_id=form.cleaned_data["channel"].pk, now=now)
    try:
        terms = terms_for(slot, form.cleaned_data["channel"], now=now)
    except NoPolicyInForce:
        messages.error(request, _("Nothing was booked: no terms are in force. A policy has to be published first."))
        return _page(request, slot, form, status=409)
    shown = Shown(slot.price, terms.pk)
    told: dict[str, Any] = {"known": known, "shown": shown, "policy": _policy(form, slot, shown, now=now)}
    unanswered = [one for one in known if one.pk not in form.seen()]
    if form.shown() is None or unanswered:
        return _page(request, slot, form, **told, asks_who=bool(unanswered) and form.shown() is not None)
    return _enter(request, slot, user, form, told, now=now)


def _enter(
    request: HttpRequest, slot: Slot, user: User, form: NewcomerForm, told: dict[str, Any], *, now: datetime
) -> HttpResponse:
    """Make the one call; where it is refused, show everything typed again and why."""
    try:
        entered = enter_and_hold(
            newcomer=form.newcomer(),
            others=form.seen(),
            slot_id=slot.pk,
            channel_id=form.cleaned_data["channel"].pk,
            centre_ids=_centre_ids(user),
            actor=Actor.staff(user),
            now=now,
            shown=form.shown() or told["shown"],
        )
    except SlotTakenError:
        return _page(request, slot, form, **told, is_taken=True, times=_other_times(slot, now=now), status=409)
    except TermsChangedError:
        messages.error(request, _("Price or terms have changed meanwhile. Nothing was booked; look at them again."))
        return _page(request, slot, form, **told, status=409)
    except KnownAlreadyError as error:
        return _page(request, slot, form, **told | {"known": error.patients}, asks_who=True, status=409)
    return go_on(request, slot, user, entered.appointment)


def _known(form: NewcomerForm, slot: Slot, user: User) -> list[Patient]:
    region = region_of(slot.doctor.centre)
    return known_like(form.newcomer(), centre_ids=_centre_ids(user), region=region)


def _centre_ids(user: User) -> list[int]:
    return [one.pk for one in centres_shown(user).values()]


def _policy(form: NewcomerForm, slot: Slot, shown: Shown, *, now: datetime) -> list[str]:
    """Return the terms in sentences, as of a booking that is not there yet."""
    channel, centre = form.cleaned_data["channel"], slot.doctor.centre
    chain = Chain(channel=channel, terms_id=shown.terms, currency=centre.currency, booked_at=now)
    return policy_words(Appointment(slot=slot, chain=chain))


def _other_times(slot: Slot, *, now: datetime) -> list[tuple[str, str]]:
    """Return free times of that day, the doctor's own first: what to say of each, and the page that the form is sent to."""
    centre = slot.doctor.centre
    begin, end = midnights(slot.starts_at.astimezone(centre.zone).date(), zone=centre.zone)
    wish = bookable.Wish(centre.pk, specialty=slot.doctor.specialty)
    free = bookable.free_times(wish, now=now, since=max(begin, now), until=end)
    ordered = sorted(free, key=lambda one: (one.doctor_id != slot.doctor_id, one.starts_at))
    return [
        (f"{format_clock(one.starts_at, centre=centre)}, {one.doctor.name}", newcomer_address(one))
        for one in ordered[:_MOST_TIMES]
    ]


def newcomer_address(slot: Slot) -> str:
    """Return the page that books this time for somebody new."""
    return reverse("admin:appointments_appointment_book_new", args=[slot.pk])


def _page(
    request: HttpRequest, slot: Slot, form: NewcomerForm, *, status: int = 200, **context: Any
) -> TemplateResponse:
    centre = slot.doctor.centre
    values = {
        **admin.site.each_context(request),
        "title": _("Book for somebody new"),
        "slot": slot,
        "when": format_moment(slot.starts_at, centre=centre),
        "zone": zone_name(slot.starts_at, centre=centre),
        "price": format_money(slot.price, currency=centre.currency, centre=centre),
        "back": board_address(centre, slot.starts_at.astimezone(centre.zone).date()),
        "form": form,
        "new": NEW,
        "fields": [form[name] for name in ("name", "birth_date", "phone", "email", "language", "channel")],
        **context,
    }
    return TemplateResponse(request, "admin/appointments/newcomer.html", values, status=status)
