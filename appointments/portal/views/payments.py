"""Paying for a move, and for a time that is held: the summary, the way to the provider, and the page to come back to."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import queries
from appointments.errors import DomainError
from appointments.models import Appointment
from appointments.portal.access import PatientRequest, own_appointment, own_checkout, patient_page
from appointments.portal.answers import ChangeAnswers
from appointments.portal.presenters import changing, credit, paying
from appointments.usecases.pay import apply_payment, start_payment
from appointments.waiting.line import unanswered_offer
from refunds import operations as refund_operations
from refunds.gateways.base import GatewayError
from refunds.gateways.registry import default_gateway


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: PatientRequest, reference: str) -> HttpResponse:
    """Show what is owed for a move that waits; POST goes to the provider's page."""
    now = timezone.now()
    old = own_appointment(request, reference)
    draft = queries.waiting_move(old, now=now)
    if draft is None:
        return redirect("portal:changed" if not old.is_live else "portal:appointment", old.reference)
    if unanswered_offer(draft):
        return redirect("portal:offer", draft.reference)
    if request.method == "POST":
        return go_to_provider(
            request,
            draft,
            return_url=reverse("portal:change_paid", args=[draft.reference]),
            otherwise=reverse("portal:appointment", args=[old.reference]),
        )
    page = changing.pay_page(draft, old, now=now) | {"credit_covers": credit.covers(draft)}
    return render(request, "portal/change_pay.html", page)


@patient_page
@require_safe
def returned(request: PatientRequest, reference: str) -> HttpResponse:
    """Lead whoever comes back from the provider to the page of this payment. The reference is the new appointment's."""
    draft = own_appointment(request, reference)
    checkout = queries.newest_checkout(draft)
    if checkout is None:
        raise Http404
    return redirect("portal:payment", checkout.pk)


@patient_page
@require_safe
def payment(request: PatientRequest, checkout_id: UUID) -> HttpResponse:
    """Ask the provider what became of a payment, do what it was made for, and say so.

    The payer decided on the provider's page; this only brings in the news, as the sweep would a minute later.
    """
    now = timezone.now()
    _checkout, draft = own_checkout(request, checkout_id)
    capture = refund_operations.capture_from_gateway(checkout_id=checkout_id, now=now)
    if capture is not None:
        apply_payment(payment_id=capture.payment.pk, now=now)
    draft = own_appointment(request, draft.reference)
    old = draft.replaces
    if old is not None and draft.pending_move is None:
        ChangeAnswers.forget(request, old)
        return redirect("portal:changed", old.reference)
    if old is None and draft.status not in (Appointment.Status.DRAFT, Appointment.Status.CANCELLED):
        return redirect("portal:booked", draft.reference)
    page = paying.payment_page(checkout_id, draft, capture, now=now)
    return render(request, "portal/payment.html", page)


def go_to_provider(request: PatientRequest, draft: Appointment, *, return_url: str, otherwise: str) -> HttpResponse:
    """Open the checkout, then ask the provider for its page, outside any transaction. Where that fails, say so at `otherwise`."""
    now = timezone.now()
    try:
        checkout = start_payment(
            appointment_id=draft.pk,
            gateway=default_gateway(),
            return_url=return_url,
            now=now,
        )
        url = refund_operations.start_checkout(checkout_id=checkout.pk, now=now)
    except (DomainError, GatewayError):
        messages.error(request, _("The payment page does not open at the moment. Try again in a minute."))
        return redirect(otherwise)
    return redirect(url or reverse("portal:payment", args=[checkout.pk]))
