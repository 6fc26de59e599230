"""The patient's credit: what there is, paying a move with it, and having it paid out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import queries
from appointments.actor import Actor
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
from appointments.portal.payout_forms import WayForm
from appointments.portal.payout_visit import come_signed_in
from appointments.portal.presenters import credit as pages
from appointments.usecases.credit import pay_out_credit, pay_with_credit
from refunds.errors import RefundError
from refunds.models import Way


@account_page
@require_safe
def credit(request: AccountRequest) -> HttpResponse:
    """Show how much credit there is, and what it is made of."""
    return render(request, "portal/credit.html", pages.credit_page(request.user))


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def pay_out(request: AccountRequest, currency: str) -> HttpResponse:
    """Ask how the credit should be paid out; POST turns all of it into a refund and asks for the account where one is needed."""
    ways = pages.pay_out_ways(request.user, currency=currency)
    if not ways:
        messages.info(request, _("There is no credit left to pay out."))
        return redirect("portal:credit")
    form = WayForm(request.POST if request.method == "POST" else None, ways=ways)
    if not form.is_valid():
        page = pages.pay_out_page(request.user, currency=currency) | {"form": form}
        return render(request, "portal/credit_pay_out.html", page)
    now, actor = timezone.now(), Actor.patient(request.user)
    try:
        refund = pay_out_credit(
            user_id=request.user.pk, currency=currency, way=Way(form.cleaned_data["way"]), actor=actor, now=now
        )
    except RefundError:
        messages.error(request, _("Your credit could not be paid out. Nothing was changed."))
        return redirect("portal:credit")
    if refund.way == Way.BANK_TRANSFER:
        come_signed_in(request, refund_id=refund.pk, actor=actor, now=now)
        return redirect("portal:payout_bank")
    return redirect("portal:refund", refund.pk)


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
