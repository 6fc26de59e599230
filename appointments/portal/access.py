"""Who may open a patient's page, and what browsers may keep of it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from appointments import visitors
from appointments.actor import Actor
from appointments.carers import rights_of
from appointments.errors import CarerRightEndedError
from appointments.models import Appointment, User
from appointments.portal.manage_visit import guest_of
from appointments.references import read_reference
from appointments.visitors import Visitor
from appointments.wording.deeds import Reader
from refunds.models import Checkout, Refund

P = ParamSpec("P")


class PatientRequest(HttpRequest):
    """A request of somebody who may see at least one booking. `about` is the appointment it turned out to be about."""

    visitor: Visitor
    about: Appointment | None
    may_act: bool
    acting_for: str


class AccountRequest(PatientRequest):
    """A request of somebody who has signed in."""

    user: User


def patient_page(
    view: Callable[Concatenate[PatientRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only somebody signed in, or a guest of a booking, open the page; no browser or proxy keeps it."""

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        visitor = visitor_of(request)
        if visitor is None:
            return redirect_to_login(request.get_full_path())
        request.visitor, request.about = visitor, None  # type: ignore[attr-defined]
        try:
            return view(request, *args, **kwargs)  # type: ignore[arg-type]
        except CarerRightEndedError as error:
            raise Http404 from error  # it ended between looking and doing; nothing was done

    return never_cache(page)


def account_page(
    view: Callable[Concatenate[AccountRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only somebody signed in open the page: a guest sees one booking, and no account."""

    @wraps(view)
    def page(request: PatientRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.visitor.user is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return patient_page(page)


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Return who comes: the account, the guest of a booking, or both; None for nobody."""
    user = request.user if isinstance(request.user, User) else None
    now = timezone.now()
    guest = guest_of(request, now=now)
    return Visitor(user, guest, rights_of(user, now=now) if user else ()) if user or guest else None


def own_appointment(request: PatientRequest, reference: str) -> Appointment:
    """Return an appointment the visitor may cancel and move.

    Raises Http404 alike for one of somebody else, one they may only see, and one that is not there.
    """
    return _found(request, reference, to_act=True)


def seen_appointment(request: PatientRequest, reference: str) -> Appointment:
    """Return an appointment the visitor may see. Raises Http404 alike for one of somebody else and one that is not there."""
    return _found(request, reference, to_act=False)


def own_checkout(request: PatientRequest, checkout_id: UUID) -> tuple[Checkout, Appointment]:
    """Return a checkout for a draft of the visitor, with the draft. Raises Http404."""
    found = visitors.checkout_of(request.visitor, checkout_id=checkout_id)
    if found is None:
        raise Http404
    _note(request, found[1])
    return found


def own_refund(request: PatientRequest, refund_id: UUID) -> tuple[Refund, Appointment]:
    """Return a refund about which the visitor may decide, with the newest appointment of its booking. Raises Http404."""
    return _found_refund(request, refund_id, to_act=True)


def seen_refund(request: PatientRequest, refund_id: UUID) -> tuple[Refund, Appointment]:
    """Return a refund the visitor may see, with the newest appointment of its booking. Raises Http404."""
    return _found_refund(request, refund_id, to_act=False)


def actor_of(request: PatientRequest) -> Actor:
    """Return the visitor as the one who acts on the appointment that was found for this request."""
    if request.about is None:
        raise PermissionError("who acts is known once it is known on what")
    return visitors.actor_for(request.visitor, request.about)


def reader_of(request: PatientRequest) -> Reader:
    """Return the visitor as the one who reads about the appointment that was found for this request."""
    visitor, about = request.visitor, request.about
    if about is None:
        raise PermissionError("who reads is known once it is known of what")
    is_guest = visitor.guest is not None and visitor.guest.chain_id == about.chain_id
    user_id = visitor.user.pk if visitor.user else None
    return Reader(user_id, is_patient=is_guest or (user_id is not None and user_id == about.chain.patient.user_id))


def _found(request: PatientRequest, reference: str, *, to_act: bool) -> Appointment:
    stored = read_reference(reference)
    found = visitors.appointment_of(request.visitor, reference=stored, to_act=to_act) if stored else None
    if found is None:
        raise Http404
    _note(request, found)
    return found


def _note(request: PatientRequest, appointment: Appointment) -> None:
    """Keep what the page is about, for whom it is done, and whether more may be done than looking."""
    request.about = appointment
    request.may_act = visitors.may_act_on(request.visitor, appointment)
    if visitors.right_over(request.visitor, appointment):
        request.acting_for = appointment.chain.patient.name


def _found_refund(request: PatientRequest, refund_id: UUID, *, to_act: bool) -> tuple[Refund, Appointment]:
    found = visitors.refund_of(request.visitor, refund_id=refund_id, to_act=to_act)
    if found is None:
        raise Http404
    _note(request, found[1])
    return found
