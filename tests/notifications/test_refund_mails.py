"""The mails about refunds, exactly as they are sent."""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from appointments import queries
from appointments.models import Appointment, MessageKind, OutboxMessage, Slot
from appointments.usecases.announce import announce_refund
from appointments.usecases.cancel import cancel_appointment
from refunds import operations
from refunds.models import Refund, RefundAttempt
from tests.factories import booked, patient_of
from tests.notifications.letters import FACTS, mail

_DAY = timedelta(days=1)
_TEN_YEARS = timedelta(days=3650)


def _cancel(appointment: Appointment, *, now: datetime) -> Refund:
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=now)
    return Refund.objects.get(payment__source=appointment.chain.source)


def _announce(*, now: datetime) -> list[bool]:
    return [announce_refund(news=news, now=now) for news in queries.refund_news(since=now - _DAY, limit=10)]


def _work_off(*, now: datetime) -> None:
    # What is due is judged by the database's clock, which stands anywhere.
    Refund.objects.filter(next_at__isnull=False).update(next_at=now - _TEN_YEARS)
    for lease in operations.claim_due(limit=10):
        operations.process_refund(lease=lease, now=now)


def _bank_reference(refund: Refund) -> str:
    """Return the bank reference that the sandbox gives."""
    attempt = RefundAttempt.objects.get(refund=refund)
    return f"SBX{(attempt.provider_id or '')[-12:].upper()}"


@pytest.fixture(autouse=True)
def _sandbox_settles_at_once(settings: Settings) -> None:
    settings.SANDBOX_SETTLE_SECONDS = 0


def test_refund_completed_when_card(appointment: Appointment, now: datetime) -> None:
    refund = _cancel(appointment, now=now)
    _work_off(now=now)
    reference = _bank_reference(refund)
    _work_off(now=now)

    assert _announce(now=now) == [True]

    words = mail(MessageKind.REFUND_COMPLETED)
    assert words.subject == "Your refund from Kirkwood Clinic, London – K7QP-3MHC"
    assert words.text == (
        "Hello Rosa Adeyemi,\n\n"
        "Your refund of £80.00 has gone back to the card or account you paid with on Monday 2 November 2026.\n\n"
        f"Bank reference: {reference}\n"
        "If you do not see the money, give this reference to your bank.\n\n"
        f"{FACTS}\n"
        "To see how the refund went:\n"
        f"http://testserver/m/known-to-the-patient-alone/refund/{refund.pk}/\n\n"
        "Questions about the money? Call +44 20 7946 0109.\n"
        "Kirkwood Clinic, London\n"
    )


def test_refund_completed_when_cash(slot: Slot, now: datetime) -> None:
    refund = _cancel(booked(slot=slot, method="cash"), now=now)
    operations.confirm_by_hand(refund_id=refund.pk, actor="cashier", evidence="C-118", now=now)
    _announce(now=now)

    lines = mail(MessageKind.REFUND_COMPLETED).text.splitlines()

    assert lines[2:6] == [
        "Your refund of £80.00 has gone back in cash at the centre’s cash desk on Monday 2 November 2026.",
        "",
        "Receipt: C-118",
        "",
    ]


def test_refund_failed_when_card_closed(slot: Slot, now: datetime) -> None:
    slot.price = 80_11
    slot.save()
    appointment = booked(slot=slot)
    refund = _cancel(appointment, now=now)
    _work_off(now=now)

    assert _announce(now=now) == [True]

    name = appointment.chain.patient.name
    words = mail(MessageKind.REFUND_FAILED)
    assert words.subject == "Your refund from Kirkwood Clinic, London is delayed – K7QP-3MHC"
    assert words.text == (
        f"Hello {name},\n\n"
        "Your refund of £80.11 could not be paid to the card or account you paid with. The money is still yours.\n\n"
        "What we do: the clinic’s finance desk has been told and finds another way to pay it.\n"
        "What you can do: call +44 20 7946 0109 and give the reference below, if you want it paid another way.\n\n"
        "Or say here yourself how you want to be paid:\n"
        "http://testserver/payout/sent-to-the-patient-alone/\n"
        "We ask for your date of birth there."
        " Nobody from the clinic will ask you for bank details in any other way.\n\n"
        f"{FACTS.replace('Rosa Adeyemi', name)}\n"
        "Refund granted: Monday 2 November 2026\n\n"
        "To follow the refund:\n"
        f"http://testserver/m/known-to-the-patient-alone/refund/{refund.pk}/\n\n"
        "Kirkwood Clinic, London\n"
    )


def test_refund_news_when_told_already(appointment: Appointment, now: datetime) -> None:
    _cancel(appointment, now=now)
    _work_off(now=now)
    _work_off(now=now)
    news = queries.refund_news(since=now - _DAY, limit=10)

    assert [announce_refund(news=row, now=now) for row in [*news, *news]] == [True, True]

    assert OutboxMessage.objects.filter(kind=MessageKind.REFUND_COMPLETED).count() == 1
    assert queries.refund_news(since=now - _DAY, limit=10) == []
