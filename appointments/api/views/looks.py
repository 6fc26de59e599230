"""What partners look up: free slots, refunds, policies in force, reasons."""

from datetime import timedelta

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from appointments import queries
from appointments.api.documents import refund_document, slot_document
from appointments.api.inputs import SlotQuery
from appointments.api.outputs import ChannelPoliciesOutput, ReasonOutput, RefundOutput, SlotOutput
from appointments.api.pages import Pages
from appointments.api.policies import channel_policies
from appointments.api.reach import channel_of, refund_of
from appointments.api.schema import page_of
from appointments.api.views.base import CallerView, queried, uuid_of
from policies.rules.facts import ActorKind

_AHEAD, _MOST_AHEAD = timedelta(days=21), timedelta(days=62)


class SlotList(CallerView):
    """Free slots."""

    @extend_schema(operation_id="list_slots", parameters=[SlotQuery], responses=page_of(SlotOutput))
    def get(self, request: Request) -> Response:
        """List the slots that can be had now at the channel's centre, soonest first."""
        asked, now = queried(SlotQuery, request), self.now
        channel = channel_of(self.caller, channel_id=asked["channel"])
        if channel is None:
            raise Http404
        until = min(asked.get("until", now + _AHEAD), now + _MOST_AHEAD)
        slots = queries.free_slots(centre_id=channel.centre_id, now=now, until=until, doctor_id=asked.get("doctor"))
        pages = Pages(("starts_at", "pk"))
        rows = pages.paginate_queryset(slots, request, view=self) or []
        return pages.get_paginated_response([slot_document(slot) for slot in rows])


class RefundDetail(CallerView):
    """One refund."""

    @extend_schema(operation_id="get_refund", responses=RefundOutput)
    def get(self, request: Request, refund_id: str) -> Response:
        """Show where a refund stands."""
        found = refund_of(self.caller, refund_id=uuid_of(refund_id))
        if found is None:
            raise Http404
        refund, appointment = found
        return Response(refund_document(refund, appointment=appointment))


class PolicyDetail(CallerView):
    """The policies of a channel."""

    @extend_schema(operation_id="get_policies", responses=ChannelPoliciesOutput)
    def get(self, request: Request, channel_id: int) -> Response:
        """Show the policies in force, in figures and in sentences to show before somebody books."""
        channel = channel_of(self.caller, channel_id=channel_id)
        if channel is None:
            raise Http404
        return Response(channel_policies(channel, now=self.now))


class ReasonList(CallerView):
    """The reasons a patient can give."""

    @extend_schema(operation_id="list_reasons", responses=ReasonOutput(many=True))
    def get(self, request: Request) -> Response:
        """List the reasons, in the centre's order."""
        reasons = queries.reasons_for(ActorKind.PATIENT)
        return Response([{"code": row.code, "label": row.label, "needs_text": row.needs_text} for row in reasons])
