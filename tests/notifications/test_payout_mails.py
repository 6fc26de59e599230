"""The mails that ask how a refund should be paid, and that tell of bank details; the link in them is kept nowhere."""

from datetime import datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from django.core import mail as sent
from pytest_django import Settings

from appointments import payouts, queries
from appointments.models import MessageKind, OutboxMessage, Slot
from appointments.notifications import outbox
from appointments.tasks import announce_refund_news
from appointments.usecases.announce import announce_refund
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.payout import ask_for_bank_details, give_bank_details
from refunds import operations
from refunds.bank import links
from refunds.bank.details import BankDetails
from refunds.models import AccountKind, PayoutLink, Refund
from tests.factories import booked, patient_of
from tests.notifications.letters import FACTS, mail

FIRST = BankDetails(kind=AccountKind.UK, name="Rosa Adeyemi", account="55779911", branch="200000")
SECOND = BankDetails(kind=AccountKind.UK, name="Rosa Adeyemi", account="12345678", branch="200000")
_LATER = timedelta(days=1)


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def refund(slot: Slot, now: datetime) -> Refund:
    """A refund by bank transfer."""
    appointment = booked(slot=slot, method="bank_transfer")
    patient = appointment.chain.patient
    patient.name = "Rosa Adeyemi"
    patient.save()
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=now)
    return Refund.objects.get(payment__source=appointment.chain.source)


def ask(*, now: datetime) -> list[bool]:
    waiting = payouts.refunds_to_ask_about(since=now - _LATER, limit=10)
    return [ask_for_bank_details(refund=one, now=now) for one in waiting]


def give(refund: Refund, details: BankDetails, *, now: datetime) -> None:
    give_bank_details(refund_id=refund.pk, details=details, actor="patient 1", now=now)


def test_asked_when_details_are_missing(refund: Refund, now: datetime) -> None:
    assert [ask(now=now), ask(now=now)] == [[True], []]

    words = mail(MessageKind.PAYOUT_ASKED)
    assert words.subject == "Where should your refund from Kirkwood Clinic, London go? – K7QP-3MHC"
    assert words.text == (
        "Hello Rosa Adeyemi,\n\n"
        "We owe you £80.00 and pay it by bank transfer. We do not know your account yet.\n\n"
        "Say here where the money should go:\n"
        "http://testserver/payout/sent-to-the-patient-alone/\n"
        "We ask for your date of birth there."
        " Nobody from the clinic will ask you for bank details in any other way.\n\n"
        f"{FACTS}\n"
        "Refund granted: Monday 2 November 2026\n\n"
        "To follow the refund:\n"
        f"http://testserver/m/known-to-the-patient-alone/refund/{refund.pk}/\n\n"
        "Questions about the money? Call +44 20 7946 0109.\n"
        "Kirkwood Clinic, London\n"
    )


def test_asked_when_details_cannot_be_kept(refund: Refund, now: datetime, settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = []

    assert ask(now=now) == [False]
    assert OutboxMessage.objects.filter(kind=MessageKind.PAYOUT_ASKED).count() == 0


def test_asked_when_details_are_known(refund: Refund, now: datetime) -> None:
    give(refund, FIRST, now=now)

    assert ask(now=now) == []


def test_link_when_mailed(refund: Refund, now: datetime) -> None:
    ask(now=now)
    message = OutboxMessage.objects.get(kind=MessageKind.PAYOUT_ASKED)
    assert outbox.send_message(message, now=now)

    [letter] = [one for one in sent.outbox if "Where should" in one.subject]
    token = letter.body.partition("/payout/")[2].partition("/")[0]
    message.refresh_from_db()
    assert PayoutLink.objects.get().digest == links.digest_of(token)
    assert token not in str(OutboxMessage.objects.values())
    assert "/payout/sent-to-the-patient-alone/" in message.body


def test_details_when_given(refund: Refund, now: datetime) -> None:
    give(refund, FIRST, now=now)

    assert mail(MessageKind.PAYOUT_DETAILS).text == (
        "Hello Rosa Adeyemi,\n\n"
        "Bank details for your refund of £80.00 were given on Monday 2 November 2026 at 9:00am."
        " It goes to the account •••• 9911.\n\n"
        "If this was not you, call +44 20 7946 0109 at once and give the reference below.\n\n"
        f"{FACTS}\n"
        "To follow the refund:\n"
        f"http://testserver/m/known-to-the-patient-alone/refund/{refund.pk}/\n\n"
        "Kirkwood Clinic, London\n"
    )


def test_details_when_changed(refund: Refund, now: datetime) -> None:
    give(refund, FIRST, now=now)
    give(refund, SECOND, now=now)
    OutboxMessage.objects.get(kind=MessageKind.PAYOUT_DETAILS, key__endswith=":1").delete()

    assert mail(MessageKind.PAYOUT_DETAILS).text.splitlines()[2:4] == [
        (
            "The bank details for your refund of £80.00 were changed on Monday 2 November 2026 at 9:00am."
            " It goes to the account •••• 5678 now."
        ),
        "For your safety it is not paid before Tuesday 3 November 2026 at 9:00am.",
    ]


def test_details_when_given_again(refund: Refund, now: datetime) -> None:
    give(refund, FIRST, now=now)
    give(refund, FIRST, now=now)

    assert OutboxMessage.objects.filter(kind=MessageKind.PAYOUT_DETAILS).count() == 1


def test_failure_when_it_happens_again(refund: Refund, now: datetime) -> None:
    def fail_and_tell(moment: datetime) -> int:
        operations.mark_failed(refund_id=refund.pk, reason_code="by_hand", reason_text="x", actor="staff:1", now=moment)
        for news in queries.refund_news(since=now - _LATER, limit=10):
            announce_refund(news=news, now=moment)
        return OutboxMessage.objects.filter(kind=MessageKind.REFUND_FAILED).count()

    assert fail_and_tell(now) == 1
    give(refund, FIRST, now=now)
    assert fail_and_tell(now + _LATER) == 2
    assert queries.refund_news(since=now - _LATER, limit=10) == []


def test_sweep_when_details_are_missing(refund: Refund, now: datetime) -> None:
    Refund.objects.update(granted_at=datetime.now(tz=now.tzinfo))
    announce_refund_news()

    assert OutboxMessage.objects.get(kind=MessageKind.PAYOUT_ASKED).refund == refund.pk
