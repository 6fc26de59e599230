"""Bookings: all that the caller may see, and one."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.api.documents import appointment_document
from appointments.api.inputs import ListQuery
from appointments.api.outputs import AppointmentOutput, ProblemOutput
from appointments.api.pages import Pages
from appointments.api.reach import appointments_of
from appointments.api.schema import page_of
from appointments.api.views.base import CallerView, queried
from appointments.partners.queries import refunds_of_bookings, updated_since


class AppointmentList(CallerView):
    """Bookings of the partner's channels, or of the account and those it acts for."""

    @extend_schema(operation_id="list_appointments", parameters=[ListQuery], responses=page_of(AppointmentOutput))
    def get(self, request: Request) -> Response:
        """List bookings, last changed last; cancelled ones stay listed."""
        asked = queried(ListQuery, request)
        appointments = appointments_of(self.caller)
        if "updated_since" in asked:
            appointments = updated_since(appointments, since=asked["updated_since"])
        if asked.get("status"):
            appointments = appointments.filter(status__in=asked["status"])
        if "channel" in asked:
            appointments = appointments.filter(chain__channel_id=asked["channel"])
        pages = Pages(("updated_at", "pk"))
        rows = pages.paginate_queryset(appointments, request, view=self) or []
        refunds = refunds_of_bookings(rows)
        shown = [appointment_document(row, refunds=refunds[row.chain.source]) for row in rows]
        return pages.get_paginated_response(shown)


class AppointmentDetail(CallerView):
    """One booking."""

    # Problems are the same everywhere: described here, and put to every operation by `schema.complete`.
    @extend_schema(operation_id="get_appointment", responses={200: AppointmentOutput, 404: ProblemOutput})
    def get(self, request: Request, reference: str) -> Response:
        """Show one booking; a moved one says where it went."""
        return Response(self.shown(self.appointment(reference)))
