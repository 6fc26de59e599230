"""A time that the waiting list offers: see it with its price and terms, take it, or say no. Opening it changes nothing."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appointments.errors import DomainError
from appointments.models import Appointment, OfferState, SlotOffer
from appointments.portal.access import PatientRequest, actor_of, own_appointment, patient_page
from appointments.portal.presenters import offering as pages
from appointments.usecases.answer_offer import decline_offer, take_offer
from appointments.waiting.line import offer_of


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: PatientRequest, reference: str) -> HttpResponse:
    """Show what is offered and until when; POST takes it."""
    now = timezone.now()
    draft, found = _found(request, reference)
    if request.method == "POST":
        try:
            take_offer(draft_id=draft.pk, actor=actor_of(request), now=now)
        except DomainError:
            return redirect("portal:offer", draft.reference)  # the page there says what became of it
        draft, found = _found(request, reference)
    if found.state in (OfferState.TAKEN, OfferState.BOOKED):
        return _on_to(draft, is_booked=found.state == OfferState.BOOKED)
    if found.state != OfferState.OFFERED or found.until <= now:
        return render(request, "portal/offer_gone.html", pages.gone_page(found, draft))
    template = "portal/offer_move.html" if draft.pending_move else "portal/offer.html"
    return render(request, template, pages.offer_page(found, draft, now=now))


@patient_page
@require_POST
def decline(request: PatientRequest, reference: str) -> HttpResponse:
    """Say no: the time goes to the next in line."""
    draft, _offer = _found(request, reference)
    if decline_offer(draft_id=draft.pk, actor=actor_of(request), now=timezone.now()):
        messages.success(request, _("You said no to this time. You keep your place on the waiting list."))
        if draft.replaces:
            return redirect("portal:appointment", draft.replaces.reference)
        return redirect("portal:waiting")
    return redirect("portal:offer", draft.reference)


def _found(request: PatientRequest, reference: str) -> tuple[Appointment, SlotOffer]:
    draft = own_appointment(request, reference)
    found = offer_of(draft)
    if found is None:
        raise Http404
    return draft, found


def _on_to(draft: Appointment, *, is_booked: bool) -> HttpResponse:
    """Lead to the payment, or to the page that says it is done."""
    if draft.replaces:
        return redirect("portal:changed" if is_booked else "portal:change_pay", draft.replaces.reference)
    return redirect("portal:booked" if is_booked else "portal:book_pay", draft.reference)
