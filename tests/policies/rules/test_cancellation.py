"""Cancelling by example: each refusal and each rule in the order of their precedence, to the microsecond."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from policies.rules.cancellation import quote_cancellation
from policies.rules.facts import ActorKind, Booking, CancellationRequest, ChannelFacts, PaymentMethod, Status
from policies.rules.money import Allocation, RefundWay
from policies.rules.quote import CancellationQuote, CancellationRule, Refusal
from policies.rules.terms import Terms
from tests.policies.bookings import BOOKED, PATIENT, STAFF, START, TICK, booking, paid
from tests.policies.terms import HOUR, SEED, tier

NO_TICK = timedelta(0)


def terms(**changes: Any) -> Terms:
    return replace(SEED, cancellation=replace(SEED.cancellation, **changes))


def quote(
    notice: timedelta, *, rules: Terms = SEED, request: CancellationRequest = PATIENT, about: Booking | None = None
) -> CancellationQuote:
    """The quote with this much time left before the start."""
    return quote_cancellation(rules, about or booking(), request, START - notice)


# May it be done?
@pytest.mark.parametrize("status", [Status.CHECKED_IN, Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED])
@pytest.mark.parametrize("actor", list(ActorKind))
def test_refused_when_over(status: Status, actor: ActorKind) -> None:
    answer = quote(48 * HOUR, request=CancellationRequest(actor), about=booking(status=status))

    assert (answer.allowed, answer.refusal) == (False, Refusal.NOT_CANCELLABLE)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"status": Status.RESCHEDULED, "channel": ChannelFacts(self_service=False)}, Refusal.NOT_CANCELLABLE),
        ({"channel": ChannelFacts(self_service=False)}, Refusal.USE_CHANNEL),
        ({}, Refusal.APPOINTMENT_STARTED),
    ],
)
def test_first_refusal_wins(facts: dict[str, Any], refusal: Refusal) -> None:
    assert quote(NO_TICK, rules=terms(window=2 * HOUR), about=booking(**facts)).refusal is refusal


@pytest.mark.parametrize("actor", [ActorKind.STAFF, ActorKind.DOCTOR, ActorKind.SYSTEM])
def test_only_patients_are_bound_by_channel_start_and_window(actor: ActorKind) -> None:
    about = booking(channel=ChannelFacts(self_service=False))

    assert quote(-HOUR, rules=terms(window=2 * HOUR), request=CancellationRequest(actor), about=about).allowed


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PENDING_APPROVAL])
def test_window_never_closes_before_confirmation(status: Status) -> None:
    answer = quote(TICK, rules=terms(window=2 * HOUR), about=booking(status=status))

    assert (answer.rule, answer.percent, answer.refund) == (CancellationRule.NOT_CONFIRMED, Decimal(100), 500_00)


def test_window_never_closes_in_cooling_off() -> None:
    answer = quote(HOUR, rules=terms(window=2 * HOUR), about=booking(booked_at=START - 5 * HOUR))

    assert (answer.rule, answer.refund) == (CancellationRule.COOLING_OFF, 500_00)


@pytest.mark.parametrize(
    ("window", "deadline", "closes"),
    [(2, None, 2), (2, 6, 6), (6, 2, 6), (0, 3, 3)],
    ids=["policy alone", "channel is larger", "policy is larger", "channel alone"],
)
def test_window_closes_a_microsecond_after_the_larger_of_both(window: int, deadline: int | None, closes: int) -> None:
    channel = ChannelFacts(deadline=None if deadline is None else deadline * HOUR)
    rules, about = terms(window=window * HOUR), booking(channel=channel)

    assert quote(closes * HOUR, rules=rules, about=about).allowed
    assert quote(closes * HOUR - TICK, rules=rules, about=about).refusal is Refusal.WINDOW_CLOSED


def test_start_is_too_late_and_a_microsecond_before_is_not() -> None:
    assert quote(TICK).allowed
    assert quote(NO_TICK).refusal is Refusal.APPOINTMENT_STARTED


# How much comes back?
@pytest.mark.parametrize(
    ("notice", "percent"),
    [
        (24 * HOUR + TICK, "100"),
        (24 * HOUR, "75"),
        (24 * HOUR - TICK, "75"),
        (12 * HOUR + TICK, "75"),
        (12 * HOUR, "75"),
        (12 * HOUR - TICK, "50"),
        (2 * HOUR, "50"),
        (2 * HOUR - TICK, "0"),
        (TICK, "0"),
    ],
)
def test_tier_at_its_boundary(notice: timedelta, percent: str) -> None:
    answer = quote(notice)

    assert (answer.rule, answer.percent) == (CancellationRule.TIER, Decimal(percent))


@pytest.mark.parametrize("notice", [HOUR, TICK])
def test_tier_when_none_is_reached(notice: timedelta) -> None:
    assert quote(notice, rules=terms(tiers=(tier(2, "50"),))).percent == 0


def test_tier_when_two_stand_at_the_same_hours() -> None:
    rules = terms(tiers=(tier(12, "40"), tier(12, "80", inclusive=False), tier(0, "0")))

    assert [quote(12 * HOUR + tick, rules=rules).percent for tick in (TICK, NO_TICK, -TICK)] == [80, 40, 0]


@pytest.mark.parametrize(
    ("since", "rule"),
    [
        (24 * HOUR - TICK, CancellationRule.COOLING_OFF),
        (24 * HOUR, CancellationRule.COOLING_OFF),
        (24 * HOUR + TICK, CancellationRule.TIER),
    ],
)
def test_cooling_off_at_its_boundary(since: timedelta, rule: CancellationRule) -> None:
    assert quote_cancellation(SEED, booking(), PATIENT, BOOKED + since).rule is rule


def test_cooling_off_when_there_is_none() -> None:
    assert quote_cancellation(terms(cooling_off=NO_TICK), booking(), PATIENT, BOOKED).rule is CancellationRule.TIER


@pytest.mark.parametrize("actor", [ActorKind.DOCTOR, ActorKind.SYSTEM])
def test_hospital_gives_everything_back_fees_included(actor: ActorKind) -> None:
    about = booking(payments=(paid(500_00), paid(100_00, name="fee")), channel=ChannelFacts(handling_fee=10_00))

    answer = quote(HOUR, request=CancellationRequest(actor), about=about)

    assert (answer.rule, answer.refund, answer.fee) == (CancellationRule.HOSPITAL_INITIATED, 600_00, 0)


def test_staff_acting_for_the_hospital() -> None:
    request = CancellationRequest(ActorKind.STAFF, for_hospital=True)

    assert quote(HOUR, request=request).rule is CancellationRule.HOSPITAL_INITIATED


def test_staff_acting_for_a_patient() -> None:
    assert quote(12 * HOUR, request=STAFF).refund == 375_00


def test_patient_cannot_act_for_the_hospital() -> None:
    request = CancellationRequest(ActorKind.PATIENT, for_hospital=True, override_percent=Decimal(100))

    assert quote(HOUR, request=request).rule is CancellationRule.TIER


@pytest.mark.parametrize("percent", ["0", "33.33", "100"])
def test_override_beats_every_other_rule(percent: str) -> None:
    request = CancellationRequest(ActorKind.STAFF, for_hospital=True, override_percent=Decimal(percent))
    about = booking(status=Status.DRAFT, channel=ChannelFacts(handling_fee=10_00))

    answer = quote(HOUR, request=request, about=about)

    assert (answer.rule, answer.percent, answer.fee) == (CancellationRule.OVERRIDE, Decimal(percent), 0)
    assert (answer.reason_required, answer.changes_at) == (True, None)


@pytest.mark.parametrize(
    ("actor", "is_required"),
    [(ActorKind.PATIENT, False), (ActorKind.STAFF, True), (ActorKind.DOCTOR, True), (ActorKind.SYSTEM, False)],
)
def test_reason_is_asked_of_the_actors_named(actor: ActorKind, is_required: bool) -> None:  # noqa: FBT001
    assert quote(48 * HOUR, request=CancellationRequest(actor)).reason_required is is_required


@pytest.mark.parametrize(("held", "refund", "fee"), [(500_00, 365_00, 10_00), (8_00, 0, 6_00), (0, 0, 0)])
def test_handling_fee_takes_at_most_what_there_is(held: int, refund: int, fee: int) -> None:
    about = booking(held=held, channel=ChannelFacts(handling_fee=10_00))
    answer = quote(12 * HOUR, about=about)

    assert (answer.refund, answer.fee) == (refund, fee)


@pytest.mark.parametrize(("cap", "percent"), [("50", "50"), ("75", "75"), ("90", "75")])
def test_percent_cap_lowers_a_tier(cap: str, percent: str) -> None:
    assert quote(12 * HOUR, about=booking(percent_cap=Decimal(cap))).percent == Decimal(percent)


def test_percent_cap_does_not_touch_cooling_off() -> None:
    about = booking(percent_cap=Decimal(0), booked_at=START - 20 * HOUR)

    assert quote(10 * HOUR, about=about).percent == 100


def test_money_goes_back_newest_payment_first_and_the_insurer_last() -> None:
    payments = (
        paid(100_00, PaymentMethod.CASH, name="old"),
        paid(200_00, PaymentMethod.UPI, name="new", captured_at=BOOKED + HOUR, refunded=50_00),
        paid(300_00, PaymentMethod.INSURANCE, name="insurer", captured_at=BOOKED + 2 * HOUR),
    )

    answer = quote(12 * HOUR, about=booking(held=250_00, payments=payments))

    assert answer.allocations == (
        Allocation("new", 150_00, RefundWay.ORIGINAL),
        Allocation("old", 37_50, RefundWay.CASH),
        Allocation("insurer", 300_00, RefundWay.INSURANCE_WINDOW),
    )
    assert (answer.refund, answer.insured) == (187_50, 300_00)
