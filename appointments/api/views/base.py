"""What all operations share."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from appointments import queries
from appointments.api.authentication import AnyAuthentication, MayDoThis, PartnerAuthentication
from appointments.api.documents import Document, appointment_document
from appointments.api.parsers import SmallJSONParser
from appointments.api.problems import ProblemError
from appointments.api.reach import AnyCaller, appointment_of
from appointments.api.throttling import CallerThrottle, rate_headers
from appointments.models import Appointment, Slot
from appointments.partners.callers import Caller
from appointments.partners.queries import refunds_of_bookings
from appointments.patient_apps.callers import AppCaller
from appointments.references import read_reference

if TYPE_CHECKING:
    from rest_framework import serializers

Known = TypeVar("Known", bound="serializers.Serializer[Any]")


class CallerView(APIView):
    """An operation for partners and for patients' apps. What is not theirs is answered as what is not there."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = (AnyAuthentication,)
    permission_classes: tuple[type[BasePermission], ...] = (MayDoThis,)
    throttle_classes: tuple[type[BaseThrottle], ...] = (CallerThrottle,)
    parser_classes: tuple[type[BaseParser], ...] = (SmallJSONParser,)
    renderer_classes: tuple[type[BaseRenderer], ...] = (JSONRenderer,)

    @property
    def caller(self) -> AnyCaller:
        """Who calls: a partner, or an account through an app."""
        caller = self.request.auth
        assert isinstance(caller, Caller | AppCaller)
        return caller

    @property
    def now(self) -> datetime:
        """The clock, to be read once an operation."""
        return timezone.now()

    def finalize_response(
        self, request: Request | HttpRequest, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Keep answers out of caches, and tell what is left of the limit."""
        final = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        final["Cache-Control"] = "no-store"
        plain = request._request if isinstance(request, Request) else request  # noqa: SLF001 (DRF's way to Django's)
        for name, value in rate_headers(plain).items():
            final[name] = value
        return final

    def appointment(self, reference: str, *, to_act: bool = False) -> Appointment:
        """Return an appointment the caller may see or, with `to_act`, cancel and move. Raises Http404."""
        stored = read_reference(reference)
        found = appointment_of(self.caller, reference=stored, to_act=to_act) if stored else None
        if found is None:
            raise Http404
        return found

    def shown(self, appointment: Appointment) -> Document:
        """Return a booking of the caller's as it is told, with its refunds."""
        refunds = refunds_of_bookings([appointment])[appointment.chain.source]
        return appointment_document(appointment, refunds=refunds)

    def slot(self, slot_id: int, *, centre_id: int) -> Slot:
        """Return a slot of a centre of the caller's. Raises Http404."""
        found = queries.slot_of_centre(slot_id=slot_id, centre_id=centre_id)
        if found is None:
            raise Http404
        return found


class PartnerView(CallerView):
    """An operation for partners alone: one is so unless it says otherwise."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = (PartnerAuthentication,)

    @property
    def caller(self) -> Caller:
        """The partner that calls."""
        caller = self.request.auth
        assert isinstance(caller, Caller)
        return caller

    def check_permissions(self, request: Request) -> None:
        """Refuse patients' apps before anything else is asked. Raises ProblemError."""
        if isinstance(request.auth, AppCaller):
            raise ProblemError(403, "partners_only", _("Only booking platforms may do that."))
        super().check_permissions(request)


def taken(serializer: type[Known], data: Any) -> dict[str, Any]:
    """Return the values that were sent. Raises ValidationError."""
    form = serializer(data=data)
    form.is_valid(raise_exception=True)
    values: dict[str, Any] = form.validated_data
    return values


def queried(serializer: type[Known], request: Request) -> dict[str, Any]:
    """Return the values of the address's query. Raises ValidationError."""
    return taken(serializer, request.query_params)


def uuid_of(text: str) -> UUID:
    """Return the id. Raises Http404 for what is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
