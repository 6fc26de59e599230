"""The what-if box of the policy studio: one booking, cancelled at one time by one actor, by a version and by the one in force."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.admin.base import account_of
from appointments.admin.scope import visible_appointments
from appointments.admin.what_if_form import WhatIfForm
from appointments.models import Centre, HistoryCheck, User
from appointments.what_if import SideBySide, compare_one, version_to_compare
from appointments.wording.explain import Row, explain_lines
from policies.errors import NoPolicyInForce
from policies.models import PolicyVersion
from policies.phrases import money
from policies.queries import terms_of, version_in_force
from policies.rules.quote import CancellationQuote, Refusal

_SEE, _BOOKINGS = "policies.view_policyversion", "appointments.view_appointment"


def what_if_url(site: AdminSite) -> URLPattern:
    """Return the address of the box of a version."""

    def view(request: HttpRequest, version_id: int) -> HttpResponse:
        return _page(site, request, version_id)

    name = "appointments_historycheck_what_if"
    return path("version/<int:version_id>/what-if/", site.admin_view(require_safe(view)), name=name)


def _page(site: AdminSite, request: HttpRequest, version_id: int) -> HttpResponse:
    """Show the form, and the answer below it once it is filled in. It only reads, so everything stands in the address."""
    user = account_of(request)
    if not user.has_perm(_SEE):
        raise PermissionDenied
    version = version_to_compare(version_id)
    if version is None:
        raise Http404
    form = _form(request, user, version.policy.currency)
    is_asked = form.is_bound
    context = {
        **site.each_context(request),
        "title": _("What if one booking is cancelled?"),
        "subtitle": str(version),
        "opts": HistoryCheck._meta,  # noqa: SLF001 (Django's own word for it)
        "version": version,
        "currency": version.policy.currency,
        "form": form,
        **(_answer(version, form) if is_asked and form.is_valid() else {}),
    }
    status = 400 if is_asked and form.errors else 200
    return TemplateResponse(request, "admin/appointments/what_if.html", context, status=status)


def _form(request: HttpRequest, user: User, currency: str) -> WhatIfForm:
    visible = visible_appointments(user) if user.has_perm(_BOOKINGS) else None
    asked = request.GET if "who" in request.GET else None
    return WhatIfForm(asked, currency=currency, visible=visible, initial=WhatIfForm.example(now=timezone.now()))


def _answer(version: PolicyVersion, form: WhatIfForm) -> dict[str, Any]:
    """Return the quotes by both versions in words, and the difference."""
    assert form.booking is not None
    assert form.moment is not None
    try:
        standing = version_in_force(policy_id=version.policy_id, now=timezone.now())
    except NoPolicyInForce:
        standing = None
    compared = compare_one(
        draft=terms_of(version),
        standing=terms_of(standing) if standing else None,
        booking=form.booking,
        request=form.request,
        at=form.moment,
    )
    currency = version.policy.currency
    made_up = Centre(time_zone="UTC", locale="en", currency=currency)
    centre = form.appointment.centre if form.appointment else made_up
    sides = [(_("This version"), str(version), *_side(compared.draft, currency, centre))]
    if compared.standing and standing:
        sides.append((_("In force"), str(standing), *_side(compared.standing, currency, centre)))
    return {"sides": sides, "verdict": _verdict(compared, currency)}


def _side(quote: CancellationQuote, currency: str, centre: Centre) -> tuple[str, list[Row]]:
    """Return why it would be refused, or the lines of the quote."""
    if quote.refusal:
        return _refused(quote.refusal), []
    return "", explain_lines(quote.lines, currency=currency, centre=centre)


def _refused(refusal: Refusal) -> str:
    return {
        Refusal.NOT_CANCELLABLE: _("Refused: the appointment can no longer be cancelled."),
        Refusal.USE_CHANNEL: _("Refused: patients cancel it at the service they booked with."),
        Refusal.APPOINTMENT_STARTED: _("Refused: the appointment has started."),
        Refusal.WINDOW_CLOSED: _("Refused: too late to do it online. An exception can be asked for."),
    }[refusal]


def _verdict(compared: SideBySide, currency: str) -> str:
    """Say the difference in money in one sentence."""
    if compared.standing is None:
        return _("No version is in force yet to compare it with.")
    amount = money(abs(compared.difference), currency)
    if compared.difference > 0:
        return _("By this version the patient gets %(amount)s more.") % {"amount": amount}
    if compared.difference < 0:
        return _("By this version the patient gets %(amount)s less.") % {"amount": amount}
    return _("The patient gets the same by both.")
