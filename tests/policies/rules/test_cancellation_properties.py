"""What holds for every cancellation, whatever the policy, the money and the moment."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.rules.cancellation import quote_cancellation, refund_when_cancelled
from policies.rules.facts import ActorKind, CancellationRequest
from policies.rules.quote import CancellationQuote, CancellationRule, LineCode
from tests.policies.bookings import PATIENT, START, TICK
from tests.policies.rules.strategies import (
    CANCELLATIONS,
    Situation,
    boundaries,
    confirmed_and_open,
    falling_tiers,
    no_percent_beyond,
    situations,
)

ASKERS = st.sampled_from([PATIENT, CancellationRequest(ActorKind.STAFF)])


def answer(situation: Situation, request: CancellationRequest, now: datetime | None = None) -> CancellationQuote:
    return quote_cancellation(situation.terms, situation.booking, request, now or situation.now)


@given(situation=situations(), request=CANCELLATIONS)
def test_refused_quote_moves_no_money(situation: Situation, request: CancellationRequest) -> None:
    quote = answer(situation, request)
    nothing = CancellationQuote(allowed=False, refusal=quote.refusal, reason_required=quote.reason_required)

    assert quote.allowed is (quote.refusal is None)
    assert quote.allowed or quote == nothing


@given(situation=situations(), request=CANCELLATIONS)
def test_refund_alone_is_the_quotes(situation: Situation, request: CancellationRequest) -> None:
    quote = answer(situation, request)
    alone = refund_when_cancelled(situation.terms, situation.booking, request, situation.now)

    assert alone == (quote.refund if quote.allowed else None)


@given(situation=situations(), request=CANCELLATIONS)
def test_never_more_back_than_was_paid(situation: Situation, request: CancellationRequest) -> None:
    quote = answer(situation, request)
    left = {payment.id: payment.left for payment in situation.booking.payments}

    assert 0 <= quote.refund <= situation.booking.left_of_patient
    assert all(0 < part.amount <= left[part.payment] for part in quote.allocations)
    assert len({part.payment for part in quote.allocations}) == len(quote.allocations)


@given(situation=situations(), request=CANCELLATIONS)
def test_parts_add_up(situation: Situation, request: CancellationRequest) -> None:
    quote = answer(situation, request)
    before_refund = [line.amount for line in quote.lines if line.code not in {LineCode.REFUND, LineCode.INSURED}]

    assert quote.gross - quote.fee == quote.refund == sum(before_refund)
    assert sum(part.amount for part in quote.allocations) == quote.refund + quote.insured


@given(situation=situations(falling_tiers()).map(confirmed_and_open), request=ASKERS, later=st.data())
def test_more_notice_never_gives_less(situation: Situation, request: CancellationRequest, later: st.DataObject) -> None:
    moments = [moment for moment in boundaries(situation.terms, situation.booking) if moment >= situation.now]
    moment = later.draw(st.sampled_from([situation.now, *moments, *(moment + TICK for moment in moments)]))
    first, second = answer(situation, request), answer(situation, request, moment)

    assert first.allowed or not second.allowed
    assert first.refund >= second.refund


@given(situation=situations().map(confirmed_and_open), request=ASKERS)
def test_cap_is_never_passed_by_a_tier(situation: Situation, request: CancellationRequest) -> None:
    quote = answer(situation, request)

    assert quote.rule is not CancellationRule.TIER or no_percent_beyond(quote.percent, situation.booking.percent_cap)


@settings(max_examples=300)
@given(situation=situations().map(confirmed_and_open), request=ASKERS)
def test_nothing_changes_before_changes_at_and_something_does_after(
    situation: Situation, request: CancellationRequest
) -> None:
    quote = answer(situation, request)
    end = quote.changes_at or START + timedelta(days=400)
    edges = boundaries(situation.terms, situation.booking)
    between = [moment + tick for moment in edges for tick in (-TICK, timedelta(0), TICK)]

    for moment in between:
        if situation.now <= moment < end:
            same = answer(situation, request, moment)
            assert (same.allowed, same.refund) == (quote.allowed, quote.refund)
    if quote.changes_at is not None:
        assert quote.allowed
        assert quote.changes_at >= situation.now
        after = answer(situation, request, quote.changes_at + TICK)
        assert not after.allowed or after.refund != quote.refund


@given(
    situation=situations(),
    request=CANCELLATIONS,
    zone=st.sampled_from(["Asia/Kolkata", "Europe/Berlin", "America/New_York", "Pacific/Chatham"]),
)
def test_zone_changes_nothing(situation: Situation, request: CancellationRequest, zone: str) -> None:
    elsewhere = answer(situation, request, situation.now.astimezone(ZoneInfo(zone)))

    assert elsewhere == answer(situation, request)
