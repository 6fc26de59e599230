"""What holds for every move, whatever the policy, the money and the moment."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from policies.rules.facts import RescheduleRequest, Target
from policies.rules.money import RefundWay
from policies.rules.quote import Refusal, RescheduleQuote
from policies.rules.rescheduling import quote_reschedule
from tests.policies.rules.strategies import (
    FREE_SLOTS,
    HOSPITAL_MOVES,
    MOVES,
    PERCENTAGES,
    TARGETS,
    Situation,
    movable,
    situations,
)

MOVABLE = situations().map(movable)


def answer(situation: Situation, to: Target, request: RescheduleRequest) -> RescheduleQuote:
    return quote_reschedule(situation.terms, situation.booking, to, request, situation.now)


@given(situation=situations(), to=TARGETS, request=MOVES)
def test_refused_quote_moves_no_money(situation: Situation, to: Target, request: RescheduleRequest) -> None:
    quote = answer(situation, to, request)

    assert quote.allowed is (quote.refusal is None)
    assert quote.allowed or quote == RescheduleQuote(allowed=False, refusal=quote.refusal)


@given(situation=MOVABLE, to=FREE_SLOTS, request=MOVES)
def test_due_and_money_back_never_both(situation: Situation, to: Target, request: RescheduleRequest) -> None:
    quote = answer(situation, to, request)

    assert min(quote.due, quote.refund, quote.credit) >= 0
    assert quote.due == 0 or quote.refund + quote.credit == 0


@given(situation=MOVABLE, to=FREE_SLOTS, request=MOVES)
def test_parts_add_up(situation: Situation, to: Target, request: RescheduleRequest) -> None:
    quote = answer(situation, to, request)
    as_credit = sum(part.amount for part in quote.allocations if part.way is RefundWay.CREDIT)

    assert quote.due - quote.refund - quote.credit - quote.fee == quote.held_change
    assert quote.held_change == quote.held_after - situation.booking.held
    assert sum(part.amount for part in quote.allocations) == quote.refund + quote.credit
    assert as_credit == quote.credit


@given(situation=MOVABLE, to=FREE_SLOTS, request=MOVES)
def test_never_more_back_than_was_paid(situation: Situation, to: Target, request: RescheduleRequest) -> None:
    quote = answer(situation, to, request)
    left = {payment.id: payment.left for payment in situation.booking.payments if not payment.is_insurance}

    assert all(0 < part.amount <= left[part.payment] for part in quote.allocations)
    assert quote.refund + quote.credit <= situation.booking.held
    assert quote.held_after >= 0


@given(situation=MOVABLE, cap=PERCENTAGES, to=FREE_SLOTS, request=MOVES)
def test_percent_cap_never_rises(situation: Situation, cap: Decimal, to: Target, request: RescheduleRequest) -> None:
    capped = replace(situation, booking=replace(situation.booking, percent_cap=cap))
    quote = answer(capped, to, request)

    assert quote.percent_cap is not None
    assert quote.percent_cap <= cap


@given(situation=MOVABLE, to=FREE_SLOTS, request=HOSPITAL_MOVES)
def test_hospital_never_costs_the_patient_anything(
    situation: Situation, to: Target, request: RescheduleRequest
) -> None:
    quote = answer(situation, to, request)

    assert (quote.fee, quote.due, quote.reschedules) == (0, 0, situation.booking.reschedules)


@given(situation=MOVABLE, to=FREE_SLOTS, request=MOVES)
def test_slot_taken_refuses_what_was_allowed(situation: Situation, to: Target, request: RescheduleRequest) -> None:
    free, taken = answer(situation, to, request), answer(situation, replace(to, available=False), request)

    assert (free.refusal, taken.refusal) == (None, Refusal.SLOT_UNAVAILABLE)
