"""Webhooks of the partner: its addresses, what went there, and sending again."""

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.api.deeds import once
from appointments.api.documents import Document, delivery_document, endpoint_document, moment
from appointments.api.inputs import DeliveryQuery, NothingInput, ReplayInput
from appointments.api.outputs import WebhookDeliveryOutput, WebhookEndpointOutput, WebhookReplayOutput
from appointments.api.pages import Pages
from appointments.api.problems import problem
from appointments.api.schema import page_of
from appointments.api.views.base import PartnerView, queried, taken
from appointments.models import WebhookDelivery, WebhookEndpoint
from appointments.partners.answers import Answer, RefusedDeedError
from appointments.webhooks_out import queries
from appointments.webhooks_out.replay import replay_since, send_again


class WebhookView(PartnerView):
    """What the operations about webhooks share."""

    def endpoint(self, endpoint_id: int) -> WebhookEndpoint:
        """Return an address of the caller's. Raises Http404."""
        found = queries.endpoint_of_partner(self.caller, endpoint_id=endpoint_id)
        if found is None:
            raise Http404
        return found

    def delivery(self, delivery_id: int) -> WebhookDelivery:
        """Return a delivery to the caller. Raises Http404."""
        found = queries.delivery_of_partner(self.caller, delivery_id=delivery_id)
        if found is None:
            raise Http404
        return found


class WebhookList(WebhookView):
    """Addresses."""

    @extend_schema(operation_id="list_webhooks", responses=WebhookEndpointOutput(many=True))
    def get(self, request: Request) -> Response:
        """List your addresses with their health. They are made and changed with the operator."""
        return Response([endpoint_document(row) for row in queries.endpoints_of_partner(self.caller)])


class WebhookDeliveryList(WebhookView):
    """The delivery log of one address."""

    @extend_schema(
        operation_id="list_webhook_deliveries",
        parameters=[DeliveryQuery],
        responses=page_of(WebhookDeliveryOutput),
    )
    def get(self, request: Request, endpoint_id: int) -> Response:
        """List what was sent to an address in the last thirty days, oldest first."""
        endpoint, asked = self.endpoint(endpoint_id), queried(DeliveryQuery, request)
        deliveries = queries.deliveries_of_partner(self.caller).filter(endpoint=endpoint)
        if "since" in asked:
            deliveries = deliveries.filter(message__at__gte=asked["since"])
        if asked.get("state"):
            deliveries = deliveries.filter(state__in=asked["state"])
        pages = Pages(("at", "pk"))
        rows = pages.paginate_queryset(deliveries, request, view=self) or []
        return pages.get_paginated_response([delivery_document(row) for row in rows])


class WebhookDeliveryReplay(WebhookView):
    """One delivery, again."""

    @extend_schema(operation_id="replay_webhook_delivery", request=NothingInput, responses={202: WebhookDeliveryOutput})
    def post(self, request: Request, delivery_id: int) -> Response:
        """Send one webhook again, under the same `webhook-id`."""
        taken(NothingInput, request.data)
        delivery, now = self.delivery(delivery_id), self.now

        def deed() -> Answer:
            if not send_again(delivery_id=delivery.pk, now=now):
                raise RefusedDeedError(Answer(409, _switched_off()))
            return Answer(202, delivery_document(self.delivery(delivery.pk)))

        return once(request, self.caller, deed, now=now)


class WebhookReplay(WebhookView):
    """Everything since a moment, again."""

    @extend_schema(operation_id="replay_webhooks", request=ReplayInput, responses={202: WebhookReplayOutput})
    def post(self, request: Request, endpoint_id: int) -> Response:
        """Send everything that happened since a moment (again), a thousand at once: go on with `next_since` if it is set."""
        values, endpoint, now = taken(ReplayInput, request.data), self.endpoint(endpoint_id), self.now

        def deed() -> Answer:
            if endpoint.switched_off_at is not None:
                raise RefusedDeedError(Answer(409, _switched_off()))
            done = replay_since(endpoint=endpoint, since=values["since"], now=now, channel_ids=self.caller.channel_ids)
            return Answer(202, {"queued": done.queued, "next_since": moment(done.next_since)})

        return once(request, self.caller, deed, now=now)


def _switched_off() -> Document:
    sentence = _("This address is switched off. Ask the operator to switch it on.")
    return problem(409, "webhook_switched_off", sentence)
