"""Booking: choose a time, see what it costs and under which terms, and hold it."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments import bookable
from appointments.errors import SlotTakenError, TermsChangedError, TooManyHoldsError
from appointments.models import Appointment, Channel, Slot
from appointments.portal.access import AccountRequest, account_page
from appointments.portal.booking_forms import VisitForm
from appointments.portal.booking_steps import (
    Party,
    earlier_one,
    note_problem,
    party_of,
    take_problem,
    times_for,
    way_back,
)
from appointments.portal.people_choice import choose_person, people_of
from appointments.portal.people_forms import PersonForm
from appointments.portal.presenters import booking as pages
from appointments.portal.presenters.common import contact_of
from appointments.portal.slot_pages import slot_named
from appointments.usecases.hold import Shown, terms_for
from appointments.usecases.hold_online import hold_online
from policies.errors import NoPolicyInForce


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def times(request: AccountRequest) -> HttpResponse:
    """Offer free times by clinic, specialty, doctor and day; POST goes on with the one that is chosen."""
    now = timezone.now()
    earlier = earlier_one(request)
    party = party_of(request)
    if isinstance(party, HttpResponse):
        return party
    if request.method == "POST":
        return _go_on(request, earlier)
    found = times_for(request, patient=party.patient, earlier=earlier, now=now)
    if found is None:
        return render(request, "portal/book_call.html", {})
    page = pages.times_page(found, problem=take_problem(request), now=now)
    again = earlier.reference if earlier else ""
    return render(request, "portal/book_times.html", page | {"party": party, "again": again})


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def for_whom(request: AccountRequest) -> HttpResponse:
    """Ask for whom somebody books who acts for several; then go on where the question came up."""
    people = people_of(request.visitor, to_act=True)
    if len(people) < 2:
        return redirect(way_back(request))
    form = PersonForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_valid():
        choose_person(request, form.chosen)
        return redirect(way_back(request))
    return render(request, "portal/people_choose.html", {"form": form})


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: AccountRequest, slot_id: int) -> HttpResponse:
    """Show a time with its price and terms; POST holds it, by what was shown. Links from elsewhere lead here too."""
    now = timezone.now()
    slot = bookable.slot_to_book(slot_id)
    if slot is None:
        raise Http404
    earlier = earlier_one(request)
    party = party_of(request)
    if isinstance(party, HttpResponse):
        return party
    channel = bookable.website_of(slot.doctor.centre_id)
    if channel is None:
        return render(request, "portal/book_call.html", contact_of([slot.doctor.centre]))
    if request.method == "POST":
        return _hold(request, slot, channel, party)
    own = bookable.own_in_slot(slot, patient_id=party.patient.pk, now=now)
    if own:
        return redirect("portal:book_pay", own.reference)
    if not bookable.is_free_now(slot, now=now):
        return _choose_another(request, slot)
    form = VisitForm(initial={"visit_reason": earlier.chain.visit_reason if earlier else ""})
    return _show(request, slot, channel, party, form)


def _go_on(request: AccountRequest, earlier: Appointment | None) -> HttpResponse:
    """Lead to the page of the time that was chosen; whether it can be had is judged there."""
    pk = slot_named(request.POST.get("slot", ""))
    if pk is None or bookable.slot_to_book(pk) is None:
        note_problem(request, _("Select a date and time"))
        return redirect(request.get_full_path())
    query = f"?{urlencode({'again': earlier.reference})}" if earlier else ""
    return redirect(reverse("portal:book", args=[pk]) + query)


def _show(
    request: AccountRequest,
    slot: Slot,
    channel: Channel,
    party: Party,
    form: VisitForm,
    *,
    has_changed: bool = False,
) -> HttpResponse:
    now = timezone.now()
    try:
        terms = terms_for(slot, channel, now=now)
    except NoPolicyInForce:
        return render(request, "portal/book_call.html", contact_of([slot.doctor.centre]))
    page = pages.check_page(slot, party.patient, channel, terms, now=now)
    page |= {"form": form, "party": party, "has_changed": has_changed}
    return render(request, "portal/book_check.html", page)


def _hold(request: AccountRequest, slot: Slot, channel: Channel, party: Party) -> HttpResponse:
    """Hold once, by the price and terms that were shown; whatever stands in the way leads to the page that says so."""
    form = VisitForm(request.POST)
    if not form.is_valid():
        return _show(request, slot, channel, party, form)
    if request.POST.get("patient") != str(party.patient.pk):
        return _show(request, slot, channel, party, form, has_changed=True)  # another tab chose somebody else meanwhile
    # Whoever sent neither saw neither: they are shown now.
    shown = Shown(slot_named(request.POST.get("price", "")) or 0, slot_named(request.POST.get("terms", "")) or 0)
    now = timezone.now()
    try:
        done = hold_online(
            slot_id=slot.pk,
            patient_id=party.patient.pk,
            actor=party.actor,
            now=now,
            shown=shown,
            visit_reason=form.cleaned_data["visit_reason"],
        )
    except (TermsChangedError, NoPolicyInForce):
        return _show(request, slot, channel, party, form, has_changed=True)
    except TooManyHoldsError:
        page = pages.holds_page(bookable.open_holds(request.user, now=now), now=now)
        return render(request, "portal/book_many.html", page)
    except SlotTakenError:
        return _choose_another(request, slot)
    return redirect("portal:book_pay", done.appointment.reference)


def _choose_another(request: AccountRequest, slot: Slot) -> HttpResponse:
    """Say that the time is gone, and offer the doctor's others from that day on."""
    now = timezone.now()
    is_soon = bookable.is_free_later(slot, now=now)
    note_problem(
        request, pages.soon_words(slot, now=now) if is_soon else _("That time has just been taken. Select another time")
    )
    day = slot.starts_at.astimezone(slot.doctor.centre.zone).date()
    asked: dict[str, str | int] = {"centre": slot.doctor.centre_id, "specialty": "", "doctor": slot.doctor_id}
    asked["from_day"] = day.isoformat()
    if again := request.GET.get("again", ""):
        asked["again"] = again
    return redirect(f"{reverse('portal:book_times')}?{urlencode(asked)}")
