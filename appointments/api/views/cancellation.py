"""Cancelling: the quote, and the deed."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.api import documents
from appointments.api.deeds import once, refused_quote, told
from appointments.api.inputs import CancellationInput
from appointments.api.outputs import CancellationOutput, CancellationQuoteOutput
from appointments.api.problems import respond
from appointments.api.views.base import CallerView, taken
from appointments.errors import NotAllowedError
from appointments.partners.answers import Answer
from appointments.partners.queries import refunds_of_event
from appointments.quoting import cancellation_request, offer_cancellation
from appointments.reasons import Reason
from appointments.usecases.cancel import Cancellation, cancel_appointment


class CancellationView(CallerView):
    """The cancellation of one booking."""

    @extend_schema(operation_id="quote_cancellation", responses=CancellationQuoteOutput)
    def get(self, request: Request, reference: str) -> Response:
        """Quote: what cancelling now gives back. Nothing is done."""
        appointment = self.appointment(reference, to_act=True)
        actor = self.caller.actor_on(appointment)
        asked = cancellation_request(actor=actor, for_hospital=False, override_percent=None)
        offer = offer_cancellation(appointment=appointment, actor=actor, request=asked, now=self.now)
        if not offer.quote.allowed:
            body = refused_quote(NotAllowedError(offer.quote), caller=self.caller, appointment=appointment)
            return respond(Answer(409, body))
        return Response(documents.cancellation_offer(offer))

    @extend_schema(operation_id="cancel_appointment", request=CancellationInput, responses={201: CancellationOutput})
    def post(self, request: Request, reference: str) -> Response:
        """Cancel, and give back exactly what the quote said."""
        values, now = taken(CancellationInput, request.data), self.now
        appointment = self.appointment(reference, to_act=True)

        def deed() -> Answer:
            done = cancel_appointment(
                appointment_id=appointment.pk,
                actor=self.caller.actor_on(appointment),
                now=now,
                reason=Reason(**values.get("reason", {})),
                quote_token=values["quote"],
            )
            return Answer(201, self._document(done))

        return once(request, self.caller, told(deed, caller=self.caller, appointment=appointment), now=now)

    def _document(self, done: Cancellation) -> documents.Document:
        appointment = self.appointment(done.appointment.reference)
        quote, currency = done.event.quote or {}, appointment.chain.currency
        refunds = refunds_of_event(done.event)
        return {
            "status": str(appointment.status),
            "confirmation": str(done.event.pk),
            "appointment": self.shown(appointment),
            "refund": documents.amount(int(quote["refund"]), currency),
            "fee": documents.amount(int(quote["fee"]), currency),
            "refunds": [documents.refund_document(refund, appointment=appointment) for refund in refunds],
        }
