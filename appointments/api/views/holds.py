"""Booking: hold a slot for a customer, then say that it was paid."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.api import documents
from appointments.api.deeds import once, told
from appointments.api.inputs import ConfirmInput, HoldInput, amount_in
from appointments.api.outputs import HoldOutput
from appointments.api.views.base import PartnerView, taken
from appointments.models import Appointment
from appointments.partners.answers import Answer
from appointments.partners.patients import Customer, patient_for
from appointments.partners.queries import channel_of_partner
from appointments.usecases.book import book_unpaid
from appointments.usecases.hold import hold_slot
from appointments.usecases.pay import amount_due, record_desk_payment
from policies.rules.facts import PaymentMethod


class HoldView(PartnerView):
    """What the operations about holds share."""

    def _document(self, appointment: Appointment) -> documents.Document:
        """Return where a hold stands, and what is still owed for it."""
        is_draft = appointment.status == Appointment.Status.DRAFT
        return {
            "status": str(appointment.status),
            "appointment": self.shown(appointment),
            "due": documents.amount(amount_due(appointment) if is_draft else 0, appointment.chain.currency),
            "pay_by": documents.moment(appointment.hold_expires_at) if is_draft else None,
        }


class HoldList(HoldView):
    """Holds of slots."""

    @extend_schema(operation_id="hold_slot", request=HoldInput, responses={201: HoldOutput})
    def post(self, request: Request) -> Response:
        """Hold a free slot until `pay_by`, under the terms in force now."""
        values, now = taken(HoldInput, request.data), self.now
        channel = channel_of_partner(self.caller, channel_id=values["channel"])
        if channel is None:
            raise Http404
        slot = self.slot(values["slot"], centre_id=channel.centre_id)

        def deed() -> Answer:
            patient = patient_for(partner_id=self.caller.partner_id, customer=Customer(**values["patient"]))
            draft = hold_slot(
                slot_id=slot.pk, patient_id=patient.pk, channel_id=channel.pk, actor=self.caller.actor, now=now
            )
            return Answer(201, self._document(self.appointment(draft.reference)))

        return once(request, self.caller, told(deed, caller=self.caller), now=now)


class HoldConfirmation(HoldView):
    """The payment of a hold."""

    @extend_schema(operation_id="confirm_hold", request=ConfirmInput, responses={201: HoldOutput})
    def post(self, request: Request, reference: str) -> Response:
        """Say that the partner was paid: the booking stands, waits for approval, or the move is made.

        A payment reference counts once: sent again, it gives the first answer.
        """
        values, draft, now = taken(ConfirmInput, request.data), self.appointment(reference), self.now
        payment = values.get("payment")
        minor = amount_in(draft.chain.currency, text=payment["amount"], given=payment["currency"]) if payment else 0

        def deed() -> Answer:
            self._pay(draft, payment, minor, now)
            return Answer(201, self._document(self.appointment(reference)))

        return once(request, self.caller, told(deed, caller=self.caller, appointment=draft), now=now)

    def _pay(self, draft: Appointment, payment: dict[str, Any] | None, minor: int, now: Any) -> None:
        if payment is None:
            book_unpaid(appointment_id=draft.pk, actor=self.caller.actor, now=now)
            return
        record_desk_payment(
            appointment_id=draft.pk,
            method=PaymentMethod(payment["method"]),
            amount=minor,
            reference=f"{self.caller.partner_name}: {payment['reference']}",
            actor=self.caller.actor,
            now=now,
        )
