"""Quotes as they are stored, and back."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given

from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import RescheduleRequest, Target
from policies.rules.quote import CancellationQuote, Refusal, RescheduleQuote
from policies.rules.records import digest, lines_from_record, reschedule_from_record, to_record
from policies.rules.rescheduling import quote_reschedule
from tests.policies.bookings import BOOKED, MOVING, PATIENT, booking, target
from tests.policies.rules.strategies import FREE_SLOTS, MOVES, Situation, movable, situations
from tests.policies.terms import SEED


def test_record_of_a_cancellation(now: datetime) -> None:
    record = to_record(quote_cancellation(SEED, booking(), PATIENT, BOOKED))

    assert (record["percent"], record["refund"], record["refusal"]) == ("100", 500_00, None)
    assert record["changes_at"] == "2026-11-11T09:00:00+00:00"
    assert record["allocations"] == [{"payment": "p1", "amount": 500_00, "way": "original"}]


def test_lines_come_back() -> None:
    quote = quote_cancellation(SEED, booking(), PATIENT, BOOKED)

    assert lines_from_record(to_record(quote)) == quote.lines


@given(situation=situations().map(movable), to=FREE_SLOTS, request=MOVES)
def test_move_comes_back(situation: Situation, to: Target, request: RescheduleRequest) -> None:
    quote = quote_reschedule(situation.terms, situation.booking, to, request, situation.now)

    assert reschedule_from_record(to_record(quote)) == quote


def test_refused_move_comes_back() -> None:
    quote = quote_reschedule(SEED, booking(), target(available=False), MOVING, BOOKED)

    assert quote == RescheduleQuote(allowed=False, refusal=Refusal.SLOT_UNAVAILABLE)
    assert reschedule_from_record(to_record(quote)) == quote


def test_move_when_the_record_is_another() -> None:
    with pytest.raises(KeyError):
        reschedule_from_record({})


def test_digest_when_the_same_is_said() -> None:
    quote = quote_cancellation(SEED, booking(), PATIENT, BOOKED)

    assert digest(quote) == digest(replace(quote))


def test_digest_when_one_minor_unit_differs() -> None:
    quote = quote_cancellation(SEED, booking(), PATIENT, BOOKED)

    assert digest(quote) != digest(replace(quote, refund=499_99))


def test_record_when_a_value_has_no_place() -> None:
    quote = CancellationQuote(allowed=True, refusal=None, reason_required=False, percent=Decimal(1))

    with pytest.raises(TypeError, match="bytes has no place in a quote"):
        to_record(replace(quote, changes_at=b"now"))  # type: ignore[arg-type]
