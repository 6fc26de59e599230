"""Rows → facts."""

from datetime import timedelta
from decimal import Decimal

import pytest

from appointments.facts import booking_facts, channel_facts, is_run_out, may_be_ended, target_facts
from policies.rules.facts import ChannelFacts, PaymentMethod, Status
from refunds.models import Payment
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_booking_when_paid_by_two() -> None:
    appointment = make.booked(insured=40_000)
    Payment.objects.filter(method="card").update(refunded_elsewhere=5_000)
    appointment.chain.held = 55_000

    facts = booking_facts(appointment)

    assert (facts.status, facts.starts_at, facts.booked_at) == (Status.CONFIRMED, make.STARTS_AT, make.LONG_AGO)
    assert (facts.held, facts.reschedules, facts.percent_cap) == (55_000, 0, None)
    assert {(paid.method, paid.amount, paid.refunded) for paid in facts.payments} == {
        (PaymentMethod.CARD, 60_000, 5_000),
        (PaymentMethod.INSURANCE, 40_000, 0),
    }


def test_booking_when_draft_waits_to_replace() -> None:
    old, draft = make.waiting_move()

    assert (booking_facts(draft).held, booking_facts(draft).payments) == (0, ())
    assert booking_facts(draft, payments=Payment.objects.all()).payments == ()
    assert booking_facts(old).held == 100_000


def test_booking_when_payments_are_given() -> None:
    appointment = make.booked()

    assert booking_facts(appointment, payments=list(Payment.objects.all())) == booking_facts(appointment)


@pytest.mark.parametrize(
    ("hours", "deadline"), [(None, None), (Decimal("1.5"), timedelta(minutes=90)), (0, timedelta(0))]
)
def test_channel_when_it_has_a_deadline(hours: Decimal | None, deadline: timedelta | None) -> None:
    channel = make.ChannelFactory.create(deadline_hours=hours, handling_fee=300)

    assert channel_facts(channel) == ChannelFacts(True, deadline, 300)  # noqa: FBT003


def test_target_when_own_replacement_holds_it() -> None:
    old, draft = make.waiting_move()
    other = make.booked()

    assert target_facts(draft.slot, appointment=old, now=make.NOW).available
    assert not target_facts(draft.slot, appointment=other, now=make.NOW).available


def test_target_when_a_hold_there_ran_out() -> None:
    draft, other = make.held(), make.booked()
    ends = make.NOW + timedelta(minutes=15)

    assert target_facts(draft.slot, appointment=other, now=ends).available
    make.captured(make.checkout_for(draft))
    assert not target_facts(draft.slot, appointment=other, now=ends).available


def test_hold_when_it_ends() -> None:
    draft = make.held()
    ends = make.NOW + timedelta(minutes=15)

    assert not is_run_out(draft, now=ends - timedelta(microseconds=1))
    assert is_run_out(draft, now=ends)
    assert may_be_ended(draft, now=ends)
    assert not is_run_out(make.booked(), now=ends)
