"""Moving: the quote for one slot, and the deed."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from appointments import queries
from appointments.api import documents
from appointments.api.deeds import once, refused_quote, told
from appointments.api.inputs import RescheduleInput, TargetQuery
from appointments.api.outputs import RescheduleOutput, RescheduleQuoteOutput
from appointments.api.problems import respond
from appointments.api.views.base import CallerView, queried, taken
from appointments.errors import NotAllowedError
from appointments.models import EventKind
from appointments.partners.answers import Answer
from appointments.partners.callers import Caller
from appointments.partners.queries import refunds_of_event
from appointments.quoting import offer_reschedule, reschedule_request
from appointments.reasons import Reason
from appointments.usecases.reschedule import Reschedule, reschedule_appointment


class RescheduleView(CallerView):
    """The move of one booking to another slot."""

    @extend_schema(operation_id="quote_reschedule", parameters=[TargetQuery], responses=RescheduleQuoteOutput)
    def get(self, request: Request, reference: str) -> Response:
        """Quote: what moving to the slot costs now. Nothing is done."""
        appointment = self.appointment(reference, to_act=True)
        actor = self.caller.actor_on(appointment)
        slot_id = queried(TargetQuery, request)["slot"]
        slot = self.slot(slot_id, centre_id=appointment.chain.channel.centre_id)
        asked = reschedule_request(actor=actor, for_hospital=False, override=False)
        offer = offer_reschedule(appointment=appointment, slot=slot, actor=actor, request=asked, now=self.now)
        if not offer.quote.allowed:
            error = NotAllowedError(offer.quote)
            return respond(Answer(409, refused_quote(error, caller=self.caller, appointment=appointment, slot=slot)))
        return Response(documents.reschedule_offer(offer))

    @extend_schema(
        operation_id="reschedule_appointment",
        request=RescheduleInput,
        responses={201: RescheduleOutput, 202: RescheduleOutput},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Move at once (201), or hold the new slot until what is due is paid (202): then confirm the hold."""
        values, now = taken(RescheduleInput, request.data), self.now
        appointment = self.appointment(reference, to_act=True)
        slot = self.slot(values["slot"], centre_id=appointment.chain.channel.centre_id)

        def deed() -> Answer:
            done = reschedule_appointment(
                appointment_id=appointment.pk,
                slot_id=slot.pk,
                actor=self.caller.actor_on(appointment),
                now=now,
                reason=Reason(**values.get("reason", {})),
                quote_token=values["quote"],
            )
            return self._answer(reference, done)

        return once(request, self.caller, told(deed, caller=self.caller, appointment=appointment, slot=slot), now=now)

    def _answer(self, reference: str, done: Reschedule) -> Answer:
        old, new = self.appointment(reference), self.appointment(done.appointment.reference)
        event = queries.event_of(old, EventKind.RESCHEDULED)
        refunds = refunds_of_event(event) if event else []
        body = {
            "status": "rescheduled" if event else "waiting_for_payment",
            "confirmation": str(event.pk) if event else None,
            "appointment": self.shown(new),
            "due": documents.amount(0 if event else done.quote.due, new.chain.currency),
            "pay_by": None if event else documents.moment(new.hold_expires_at),
            "pay_url": None if event or isinstance(self.caller, Caller) else documents.payment_page(old),
            "refunds": [documents.refund_document(refund, appointment=new) for refund in refunds],
        }
        return Answer(201 if event else 202, body)
