"""The patient's credit: what there is, and paying a move with it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import queries
from appointments.errors import DomainError
from appointments.portal.access import (
    AccountRequest,
    PatientRequest,
    account_page,
    actor_of,
    own_appointment,
    patient_page,
)
from appointments.portal.answers import ChangeAnswers
from appointments.portal.presenters import credit as pages
from appointments.usecases.credit import pay_with_credit
from refunds.errors import RefundError


@account_page
@require_safe
def credit(request: AccountRequest) -> HttpResponse:
    """Show how much credit there is, and what it is made of."""
    return render(request, "portal/credit.html", pages.credit_page(request.user))


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: PatientRequest, reference: str) -> HttpResponse:
    """Show that a move that waits can be paid with credit; POST pays it, once."""
    now = timezone.now()
    old = own_appointment(request, reference)
    draft = queries.waiting_move(old, now=now)
    if draft is None:
        return redirect("portal:changed" if not old.is_live else "portal:appointment", old.reference)
    if not pages.covers(draft):
        return redirect("portal:change_pay", old.reference)
    if request.method != "POST":
        return render(request, "portal/credit_pay.html", pages.pay_page(draft, old))
    try:
        pay_with_credit(appointment_id=draft.pk, actor=actor_of(request), now=now)
    except (DomainError, RefundError):
        messages.error(request, _("Your credit could not be used. Nothing was paid."))
        return redirect("portal:appointment", old.reference)
    ChangeAnswers.forget(request, old)
    return redirect("portal:changed", old.reference)
