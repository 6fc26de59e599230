"""Managing one booking by a link from a mail: the landing page, and the security code or birth date that lets in.

Opening a link, by whatever machine, changes nothing: GET only remembers where it led, and the first POST only sends a code to the
contact on record.
"""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from appointments import visitors
from appointments.limits import Limit, network_of
from appointments.manage import links
from appointments.manage.codes import Answer, ask_for_code, judge_answer
from appointments.models import ManageLink, SecondStep
from appointments.portal.access import visitor_of
from appointments.portal.manage_forms import CodeForm
from appointments.portal.manage_visit import Visit, come_by_link, prove, visit_of
from appointments.portal.payout_forms import BirthDateForm
from appointments.portal.presenters import managing as pages
from appointments.reach import code_address

_GUESSES_A_NETWORK = Limit("second-step", most=200, seconds=900)


@never_cache
@require_safe
def open_link(request: HttpRequest, token: str, refund_id: UUID | None = None, reference: str = "") -> HttpResponse:
    """Take the token out of the address. Good or not, it goes to the same page; then to the booking, a refund or an offer."""
    link = links.link_of(token=token)
    then = reverse("portal:refund", args=[refund_id]) if refund_id else ""
    then = reverse("portal:offer", args=[reference]) if reference else then
    if link:
        come_by_link(request, link, then=then)
    response = redirect(_shown_already(request, link, then) or "portal:manage")
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest) -> HttpResponse:
    """Offer to send a security code, or ask for the date of birth where the clinic prefers that; POST sends the code."""
    now = timezone.now()
    visit = visit_of(request, now=now)
    if visit is None:
        return _gone(request)
    if _asks_for_birth_date(visit):
        return redirect("portal:manage_birth_date")
    if request.method == "POST":
        return _send_code(request, visit, now=now)
    return render(request, "portal/link_start.html", pages.code_page(visit))


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the security code."""
    now = timezone.now()
    visit = visit_of(request, now=now)
    if visit is None:
        return _gone(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = _judge(request, visit, form.cleaned_data["code"], now=now)
        if answer is Answer.RIGHT:
            prove(request, by="security code")
            return redirect(_first_page(visit))
        if answer is Answer.TOO_MANY:
            return _too_many(request, visit)
        form.add_error("code", _words_for(answer, visit, now=now))
    return render(request, "portal/link_code.html", pages.code_page(visit) | {"form": form})


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def birth_date(request: HttpRequest) -> HttpResponse:
    """Ask for the date of birth; ten wrong ones end the link."""
    visit = visit_of(request, now=timezone.now())
    if visit is None or visit.link is None or not _asks_for_birth_date(visit):
        return _gone(request) if visit is None else redirect("portal:manage")
    answer = visit.appointment.chain.patient.birth_date
    assert answer is not None
    form = BirthDateForm(request.POST if request.method == "POST" else None, answer=answer)
    if form.is_valid() or form.is_wrong:
        now = timezone.now()
        from_here = _GUESSES_A_NETWORK.allows(network_of(request), now=now)
        if not from_here or not links.spend_answer(link=visit.link):
            return _too_many(request, visit)
    if form.is_valid():
        links.forgive_answers(link=visit.link)
        prove(request, by="birth date")
        return redirect(_first_page(visit))
    return render(request, "portal/link_birth_date.html", pages.contact(visit) | {"form": form})


def _shown_already(request: HttpRequest, link: ManageLink | None, then: str) -> str:
    """Return the address for somebody who may see the booking without another step; "" for all others."""
    visitor = visitor_of(request)
    appointment = links.current_appointment(chain_id=link.chain_id) if link and visitor else None
    if appointment is None or visitor is None:
        return ""
    if visitors.appointment_of(visitor, reference=appointment.reference) is None:
        return ""
    return then or reverse("portal:appointment", args=[appointment.reference])


def _asks_for_birth_date(visit: Visit) -> bool:
    """Tell whether the date of birth is the second step: after a look-up by it, it would be no second one."""
    prefers = visit.appointment.centre.second_step == SecondStep.BIRTH_DATE
    return prefers and visit.link is not None and visit.appointment.chain.patient.birth_date is not None


def _send_code(request: HttpRequest, visit: Visit, *, now: datetime) -> HttpResponse:
    if not ask_for_code(appointment=visit.appointment, link=visit.link, now=now):
        if not code_address(visit.appointment.chain.patient):
            return render(request, "portal/link_call.html", pages.contact(visit))
        messages.warning(request, _("We have sent several codes already. Use the newest one, or try again in an hour."))
    return redirect("portal:manage_code")


def _judge(request: HttpRequest, visit: Visit, answer: str, *, now: datetime) -> Answer:
    if not _GUESSES_A_NETWORK.allows(network_of(request), now=now):
        return Answer.TOO_MANY
    chain = visit.appointment.chain
    return judge_answer(chain_id=chain.pk, patient_id=chain.patient_id, link=visit.link, answer=answer, now=now)


def _words_for(answer: Answer, visit: Visit, *, now: datetime) -> str:
    if answer is Answer.WRONG:
        return _("The security code is wrong. Check the newest message")
    if ask_for_code(appointment=visit.appointment, link=visit.link, now=now):
        return _("The code has expired, we have sent you a new one")
    return _("The code has expired. Ask for a new one in an hour, or call the clinic")


def _first_page(visit: Visit) -> str:
    return visit.then or reverse("portal:appointment", args=[visit.appointment.reference])


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/link_gone.html", status=404)


def _too_many(request: HttpRequest, visit: Visit) -> HttpResponse:
    return render(request, "portal/link_too_many.html", pages.contact(visit), status=429)
