"""A time that is held: paying for it, keeping it longer, letting it go, and the page that says it is booked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments import queries
from appointments.errors import DomainError, NotHeldLongerError
from appointments.models import Appointment
from appointments.portal.access import PatientRequest, actor_of, own_appointment, patient_page, seen_appointment
from appointments.portal.presenters import booking as pages
from appointments.portal.presenters.overview import may_be_paid_here
from appointments.portal.views.payments import go_to_provider
from appointments.usecases.credit import pay_with_credit
from appointments.usecases.hold_online import extend_hold, let_go
from appointments.waiting.line import unanswered_offer
from appointments.wording.formats import format_held_until, format_moment
from refunds.errors import RefundError

_BOOKED = (Appointment.Status.CONFIRMED, Appointment.Status.PENDING_APPROVAL)


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: PatientRequest, reference: str) -> HttpResponse:
    """Show what is owed for a time that is held, and until when it is; POST goes to the provider's page."""
    draft = own_appointment(request, reference)
    if unanswered_offer(draft):
        return redirect("portal:offer", draft.reference)
    if elsewhere := _elsewhere(request, draft):
        return elsewhere
    if request.method == "POST":
        return go_to_provider(
            request,
            draft,
            return_url=reverse("portal:book_paid", args=[draft.reference]),
            otherwise=reverse("portal:book_pay", args=[draft.reference]),
        )
    return render(request, "portal/book_pay.html", pages.pay_page(draft, now=timezone.now()))


@patient_page
@require_POST
def credit(request: PatientRequest, reference: str) -> HttpResponse:
    """Pay with credit as far as it goes, and book what that pays whole."""
    draft = own_appointment(request, reference)
    if elsewhere := _elsewhere(request, draft):
        return elsewhere
    try:
        pay_with_credit(appointment_id=draft.pk, actor=actor_of(request), now=timezone.now())
    except (DomainError, RefundError):
        messages.error(request, _("Your credit could not be used. Nothing was paid."))
    return redirect("portal:book_pay", draft.reference)


@patient_page
@require_POST
def longer(request: PatientRequest, reference: str) -> HttpResponse:
    """Hold a time longer, once; it may be held for a new booking or for a move."""
    now = timezone.now()
    draft = own_appointment(request, reference)
    try:
        held = extend_hold(appointment_id=draft.pk, actor=actor_of(request), now=now)
    except NotHeldLongerError:
        messages.info(request, _("This time was held longer already. Pay before the time below, or start again."))
    except DomainError:
        messages.info(request, _("This time is not held any more."))
    else:
        until = format_held_until(held.hold_expires_at or now, centre=draft.centre, now=now)
        messages.success(request, _("The time is held for you until %(until)s.") % {"until": until})
    if draft.replaces:
        return redirect("portal:change_pay", draft.replaces.reference)
    return redirect("portal:book_pay", draft.reference)


@patient_page
@require_POST
def give_up(request: PatientRequest, reference: str) -> HttpResponse:
    """Let a held time go, and offer others."""
    draft = own_appointment(request, reference)
    if not let_go(appointment_id=draft.pk, actor=actor_of(request), now=timezone.now()):
        return redirect("portal:appointment", draft.reference)
    messages.success(request, _("The time is free again. Nothing is booked and nothing is to pay."))
    return redirect(_others(draft))


@patient_page
@require_safe
def booked(request: PatientRequest, reference: str) -> HttpResponse:
    """Say that it is booked; the address can be opened again as long as it stands."""
    appointment = seen_appointment(request, reference)
    if appointment.status not in _BOOKED:
        return redirect("portal:appointment", appointment.reference)
    return render(request, "portal/booked.html", pages.booked_page(appointment, now=timezone.now()))


def _elsewhere(request: PatientRequest, draft: Appointment) -> HttpResponse | None:
    """Return where to go with what is booked, held for a move, run out, or paid for elsewhere; None while it can be paid here."""
    now = timezone.now()
    if may_be_paid_here(draft, now=now) and not queries.has_payment_to_apply(draft):
        return None
    if draft.status in _BOOKED:
        return redirect("portal:booked", draft.reference)
    if draft.pending_move is not None and draft.replaces:
        return redirect("portal:change_pay", draft.replaces.reference)
    checkout = queries.newest_checkout(draft) if queries.has_payment_to_apply(draft) else None
    if checkout:
        return redirect("portal:payment", checkout.pk)
    if draft.status == Appointment.Status.DRAFT and draft.chain.channel.is_website:
        when = format_moment(draft.slot.starts_at, centre=draft.centre)
        messages.warning(request, _("%(when)s is no longer held for you. Nothing is booked.") % {"when": when})
        return redirect(_others(draft))
    return redirect("portal:appointment", draft.reference)


def _others(draft: Appointment) -> str:
    """Return the page of this doctor's free times."""
    asked: dict[str, str | int] = {
        "centre": draft.centre.pk,
        "specialty": "",
        "doctor": draft.slot.doctor_id,
        "again": draft.reference,
    }
    return f"{reverse('portal:book_times')}?{urlencode(asked)}"
