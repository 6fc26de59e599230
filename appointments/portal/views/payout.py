"""The patient says how a refund is paid: by a link from a mail with the date of birth, or signed in from the tracker.

The token leaves the address at once. What is typed is kept nowhere but sealed: not in the session, and wrong entries go back only in the
answer to whoever typed them.
"""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments.portal.access import PatientRequest, actor_of, own_refund, patient_page
from appointments.portal.payout_forms import BankDetailsForm, BirthDateForm, WayForm
from appointments.portal.payout_visit import Visit, come_by_link, come_signed_in, prove, visit_of
from appointments.portal.presenters import payout as pages
from appointments.usecases.payout import choose_cash, give_bank_details
from refunds.bank.details import kind_for
from refunds.bank.links import note_wrong_answer
from refunds.bank.payees import ways_to_choose
from refunds.errors import RefundError
from refunds.models import Way

_Page = Callable[[HttpRequest, Visit], HttpResponse]


@never_cache
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address. Good or not, it goes to the same page."""
    come_by_link(request, token)
    response = redirect("portal:payout")
    response["Referrer-Policy"] = "no-referrer"
    return response


@patient_page
@require_POST
def from_tracker(request: PatientRequest, refund_id: UUID) -> HttpResponse:
    """Let a signed-in patient say how their refund is paid; 404 alike for one of somebody else and one that is not there."""
    refund, _appointment = own_refund(request, refund_id)
    come_signed_in(request, refund_id=refund.pk, actor=actor_of(request), now=timezone.now())
    return redirect("portal:payout")


def _visitor_page(view: _Page) -> Callable[[HttpRequest], HttpResponse]:
    """Let in who came by a link that can be used and passed the second step; the others are shown the way."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        visit = visit_of(request, now=timezone.now())
        if visit is None:
            return render(request, "portal/payout_gone.html", status=404)
        return view(request, visit) if visit.is_proved else redirect("portal:payout_who")

    return sensitive_post_parameters()(never_cache(require_http_methods(["GET", "HEAD", "POST"])(page)))


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Ask for the date of birth. Five wrong ones end the link."""
    now = timezone.now()
    visit = visit_of(request, now=now)
    if visit is None or visit.birth_date is None:
        about = pages.contact(visit.appointment) if visit else {}
        return render(request, "portal/payout_gone.html", about, status=404)
    form = BirthDateForm(request.POST if request.method == "POST" else None, answer=visit.birth_date)
    if form.is_valid():
        prove(request)
        return redirect("portal:payout")
    if form.is_wrong:
        note_wrong_answer(link=visit.link, now=now)
        if visit_of(request, now=now) is None:
            return redirect("portal:payout")
    return render(request, "portal/payout_who.html", pages.contact(visit.appointment) | {"form": form})


@_visitor_page
def payout(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask how the money should come, or say where it stands when there is nothing to choose."""
    ways = ways_to_choose(refund=visit.refund)
    if not ways:
        return render(request, "portal/payout_done.html", pages.done_page(visit))
    if ways == [Way.BANK_TRANSFER] and pages.has_account(visit):
        return render(request, "portal/payout_done.html", pages.done_page(visit) | {"can_change": True})
    form = WayForm(request.POST if request.method == "POST" else None, ways=ways)
    if form.is_valid():
        if form.cleaned_data["way"] == Way.BANK_TRANSFER:
            return redirect("portal:payout_bank")
        return _collect_in_cash(visit)
    return render(request, "portal/payout.html", pages.about(visit) | {"form": form})


@_visitor_page
def bank(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask for the account and keep it."""
    kind = kind_for(currency=visit.refund.currency)
    if kind is None or Way.BANK_TRANSFER not in ways_to_choose(refund=visit.refund):
        return redirect("portal:payout")
    form = BankDetailsForm(request.POST if request.method == "POST" else None, kind=kind)
    if form.is_valid() and form.details is not None:
        try:
            give_bank_details(refund_id=visit.refund.pk, details=form.details, actor=visit.actor, now=timezone.now())
        except RefundError:
            return redirect("portal:payout")  # settled or sent meanwhile: that page says so
        return redirect("portal:payout")
    return render(request, "portal/payout_bank.html", pages.about(visit) | {"form": form})


def _collect_in_cash(visit: Visit) -> HttpResponse:
    try:
        choose_cash(refund_id=visit.refund.pk, actor=visit.actor, now=timezone.now())
    except RefundError:
        return redirect("portal:payout")  # settled or sent meanwhile: that page says so
    return redirect("portal:payout")
