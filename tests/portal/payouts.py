"""Refunds whose patient is asked how to be paid, and short ways through the pages."""

from datetime import date

from django.test import Client

from appointments.usecases.cancel import cancel_appointment
from refunds import operations
from refunds.bank import links
from refunds.models import Refund
from tests.factories import NOW, booked, patient_of

ANSWER = date(1984, 3, 27)
INDIAN = {
    "name": "Meera Shah",
    "branch": "HDFC0001234",
    "account": "004501536819",
    "account_again": "004501536819",
}


def a_refund(*, birth_date: date | None = ANSWER) -> Refund:
    """A refund of a card payment, on its way."""
    appointment = booked()
    patient = appointment.chain.patient
    patient.birth_date = birth_date
    patient.save()
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    return Refund.objects.get(payment__source=appointment.chain.source)


def failed_card(*, birth_date: date | None = ANSWER) -> Refund:
    """A refund that cannot go back to the card, for certain."""
    refund = a_refund(birth_date=birth_date)
    return operations.mark_failed(
        refund_id=refund.pk, reason_code="closed_card", reason_text="", actor="gateway", now=NOW
    )


def token_for(refund: Refund) -> str:
    """The token of a new link."""
    return links.issue_link(refund_id=refund.pk, actor="test", now=NOW)


def open_by(client: Client, token: str) -> None:
    """Click on the link in the mail."""
    assert client.get(f"/payout/{token}/").status_code == 302
