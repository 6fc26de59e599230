"""Moving by example: each refusal in order, and each price strategy."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from policies.rules.facts import ActorKind, Booking, ChannelFacts, PaymentMethod, RescheduleRequest, Status, Target
from policies.rules.money import Allocation, RefundWay
from policies.rules.quote import Line, LineCode, Refusal, RescheduleQuote
from policies.rules.rescheduling import quote_reschedule, refusal_to_move
from policies.rules.terms import PriceDifference, Terms
from tests.policies.bookings import BOOKED, MOVING, START, TICK, booking, paid, target
from tests.policies.terms import HOUR, SEED

STAFF = RescheduleRequest(ActorKind.STAFF)
OVERRIDE = RescheduleRequest(ActorKind.STAFF, override=True)
HOSPITAL = RescheduleRequest(ActorKind.STAFF, for_hospital=True)
SYSTEM = RescheduleRequest(ActorKind.SYSTEM)


def terms(**changes: Any) -> Terms:
    return replace(SEED, reschedule=replace(SEED.reschedule, **changes))


def quote(
    *,
    notice: timedelta = 48 * HOUR,
    rules: Terms = SEED,
    request: RescheduleRequest = MOVING,
    about: Booking | None = None,
    to: Target | None = None,
) -> RescheduleQuote:
    return quote_reschedule(rules, about or booking(), to or target(), request, START - notice)


# May it be done? Each row breaks one rule and every later one.
STRICT = terms(same_doctor_required=True)
PAST = {"starts_at": START - 49 * HOUR}
WORST = {"doctor": "d2", "available": False, **PAST}


@pytest.mark.parametrize(
    ("refusal", "notice", "facts", "slot"),
    [
        (
            Refusal.NOT_RESCHEDULABLE,
            -HOUR,
            {"status": Status.DRAFT, "channel": ChannelFacts(self_service=False), "reschedules": 2},
            WORST,
        ),
        (Refusal.USE_CHANNEL, -HOUR, {"channel": ChannelFacts(self_service=False), "reschedules": 2}, WORST),
        (Refusal.APPOINTMENT_STARTED, timedelta(0), {"reschedules": 2}, WORST),
        (Refusal.MAX_RESCHEDULES, HOUR, {"reschedules": 2}, WORST),
        (Refusal.WINDOW_CLOSED, 2 * HOUR - TICK, {}, WORST),
        (Refusal.SAME_DOCTOR_REQUIRED, 2 * HOUR, {}, WORST),
        (Refusal.SLOT_IN_PAST, 48 * HOUR, {}, {"doctor": "d1", "available": False, "starts_at": START - 48 * HOUR}),
        (Refusal.SAME_SLOT, 48 * HOUR, {}, {"doctor": "d1", "available": False, "starts_at": START}),
        (Refusal.SLOT_UNAVAILABLE, 48 * HOUR, {}, {"doctor": "d1", "available": False}),
    ],
)
def test_first_refusal_wins(refusal: Refusal, notice: timedelta, facts: dict[str, Any], slot: dict[str, Any]) -> None:
    answer = quote(rules=STRICT, notice=notice, about=booking(**facts), to=target(**slot))

    assert answer == RescheduleQuote(allowed=False, refusal=refusal)


@pytest.mark.parametrize("status", list(Status))
def test_only_confirmed_and_pending_can_be_moved(status: Status) -> None:
    allowed = status in {Status.CONFIRMED, Status.PENDING_APPROVAL}

    assert quote(about=booking(status=status)).allowed is allowed


def test_window_when_exactly_that_much_is_left() -> None:
    assert quote(notice=2 * HOUR).allowed


def test_slot_a_microsecond_from_now() -> None:
    assert quote(to=target(starts_at=START - 48 * HOUR + TICK)).allowed


def test_same_time_with_another_doctor() -> None:
    assert quote(to=target(starts_at=START)).allowed


@pytest.mark.parametrize("request_", [OVERRIDE, HOSPITAL, SYSTEM])
def test_limits_are_passed_by_hospital_and_override(request_: RescheduleRequest) -> None:
    assert quote(rules=STRICT, notice=HOUR, about=booking(reschedules=2), request=request_).allowed


def test_limits_bind_staff_without_override() -> None:
    assert quote(notice=HOUR, request=STAFF).refusal is Refusal.WINDOW_CLOSED


def test_override_of_a_patient_counts_for_nothing() -> None:
    request = RescheduleRequest(ActorKind.PATIENT, for_hospital=True, override=True)

    assert quote(notice=HOUR, request=request).refusal is Refusal.WINDOW_CLOSED


@pytest.mark.parametrize(
    ("request_", "refusal"), [(OVERRIDE, Refusal.APPOINTMENT_STARTED), (HOSPITAL, None), (SYSTEM, None)]
)
def test_start_is_passed_by_the_hospital_only(request_: RescheduleRequest, refusal: Refusal | None) -> None:
    assert quote(notice=-HOUR, request=request_).refusal is refusal


def test_refusal_to_move_says_nothing_about_slots() -> None:
    assert refusal_to_move(SEED.reschedule, booking(), MOVING, START - 2 * HOUR) is None


# What does it cost? ₹500.00 are held; the fee is ₹100.00 from the second move on.
@pytest.mark.parametrize(
    ("strategy", "price", "moved", "due", "refund", "credit", "held_after"),
    [
        (PriceDifference.CHARGE, 700_00, 0, 200_00, 0, 0, 700_00),
        (PriceDifference.CHARGE, 700_00, 1, 300_00, 0, 0, 700_00),
        (PriceDifference.CHARGE, 300_00, 0, 0, 0, 200_00, 300_00),
        (PriceDifference.CHARGE, 300_00, 1, 0, 0, 100_00, 300_00),
        (PriceDifference.CHARGE, 450_00, 1, 50_00, 0, 0, 450_00),
        (PriceDifference.CHARGE, 500_00, 1, 100_00, 0, 0, 500_00),
        (PriceDifference.CREDIT, 700_00, 0, 0, 0, 0, 500_00),
        (PriceDifference.CREDIT, 700_00, 1, 100_00, 0, 0, 500_00),
        (PriceDifference.CREDIT, 300_00, 0, 0, 200_00, 0, 300_00),
        (PriceDifference.CREDIT, 400_00, 1, 0, 0, 0, 400_00),
        (PriceDifference.FIXED_FEE, 700_00, 1, 100_00, 0, 0, 500_00),
        (PriceDifference.FIXED_FEE, 300_00, 0, 0, 0, 0, 500_00),
    ],
)
def test_cost(
    strategy: PriceDifference, price: int, moved: int, due: int, refund: int, credit: int, held_after: int
) -> None:
    answer = quote(rules=terms(price_difference=strategy), about=booking(reschedules=moved), to=target(price=price))

    assert (answer.due, answer.refund, answer.credit) == (due, refund, credit)
    assert answer.held_after == held_after


@pytest.mark.parametrize(("price", "refund", "held_after"), [(700_00, 0, 500_00), (300_00, 200_00, 300_00)])
def test_cost_when_the_hospital_moves(price: int, refund: int, held_after: int) -> None:
    answer = quote(request=HOSPITAL, about=booking(reschedules=1), to=target(price=price))

    assert (answer.fee, answer.due, answer.refund, answer.held_after) == (0, 0, refund, held_after)
    assert (answer.reschedules, answer.reschedules_left) == (1, 1)


def test_cost_when_nothing_was_paid() -> None:
    answer = quote(about=booking(held=0, payments=()), to=target(price=900_00))

    assert (answer.difference, answer.due) == (0, 0)


def test_difference_is_against_what_the_insurer_left_to_pay() -> None:
    payments = (paid(100_00), paid(400_00, PaymentMethod.INSURANCE, name="i"))

    assert quote(about=booking(held=100_00, payments=payments), to=target(price=550_00)).difference == 50_00
    assert quote(about=booking(held=100_00, payments=payments), to=target(price=200_00)).difference == -100_00


def test_what_goes_back_to_a_credit_payment_counts_as_credit() -> None:
    payments = (
        paid(400_00, PaymentMethod.CARD, name="card"),
        paid(100_00, PaymentMethod.CREDIT, name="credit", captured_at=BOOKED + HOUR),
    )
    rules = terms(price_difference=PriceDifference.CREDIT)

    answer = quote(rules=rules, about=booking(payments=payments), to=target(price=350_00))

    assert (answer.refund, answer.credit) == (50_00, 100_00)
    assert answer.allocations == (
        Allocation("credit", 100_00, RefundWay.CREDIT),
        Allocation("card", 50_00, RefundWay.ORIGINAL),
    )


def test_excess_becomes_credit_whatever_the_method() -> None:
    answer = quote(to=target(price=300_00))

    assert answer.allocations == (Allocation("p1", 200_00, RefundWay.CREDIT),)


@pytest.mark.parametrize(("moved", "counted", "left"), [(0, 1, 1), (1, 2, 0)])
def test_moves_are_counted(moved: int, counted: int, left: int) -> None:
    answer = quote(about=booking(reschedules=moved))

    assert (answer.reschedules, answer.reschedules_left) == (counted, left)


def test_moves_left_never_fall_below_none() -> None:
    assert quote(request=OVERRIDE, about=booking(reschedules=5)).reschedules_left == 0


# percent_cap
@pytest.mark.parametrize(
    ("facts", "request_", "keep_tier", "cap"),
    [
        ({}, MOVING, True, Decimal(75)),
        ({}, STAFF, True, Decimal(75)),
        ({"percent_cap": Decimal(50)}, MOVING, True, Decimal(50)),
        ({"percent_cap": Decimal(90)}, MOVING, True, Decimal(75)),
        ({}, MOVING, False, None),
        ({}, HOSPITAL, True, None),
        ({"booked_at": START - 20 * HOUR}, MOVING, True, None),
        ({"status": Status.PENDING_APPROVAL}, MOVING, True, None),
        ({"percent_cap": Decimal(50)}, HOSPITAL, True, Decimal(50)),
    ],
)
def test_percent_cap(
    facts: dict[str, Any],
    request_: RescheduleRequest,
    keep_tier: bool,  # noqa: FBT001
    cap: Decimal | None,
) -> None:
    answer = quote(notice=12 * HOUR, rules=terms(keep_tier=keep_tier), request=request_, about=booking(**facts))

    assert answer.percent_cap == cap


@pytest.mark.parametrize(
    ("strategy", "price", "lines"),
    [
        (
            PriceDifference.CHARGE,
            700_00,
            [Line(LineCode.DIFFERENCE_CHARGED, 200_00), Line(LineCode.DUE, 300_00)],
        ),
        (PriceDifference.CHARGE, 300_00, [Line(LineCode.DIFFERENCE_RETURNED, -200_00), Line(LineCode.CREDIT, 100_00)]),
        (PriceDifference.CREDIT, 300_00, [Line(LineCode.DIFFERENCE_RETURNED, -200_00), Line(LineCode.REFUND, 100_00)]),
        (
            PriceDifference.FIXED_FEE,
            300_00,
            [Line(LineCode.DIFFERENCE_KEPT, 0, {"difference": "-20000"}), Line(LineCode.DUE, 100_00)],
        ),
        (
            PriceDifference.CREDIT,
            700_00,
            [Line(LineCode.DIFFERENCE_WAIVED, 0, {"difference": "20000"}), Line(LineCode.DUE, 100_00)],
        ),
        (PriceDifference.CHARGE, 500_00, [Line(LineCode.DUE, 100_00)]),
    ],
)
def test_lines(strategy: PriceDifference, price: int, lines: list[Line]) -> None:
    answer = quote(rules=terms(price_difference=strategy), about=booking(reschedules=1), to=target(price=price))

    assert answer.lines == (Line(LineCode.HELD, 500_00), Line(LineCode.RESCHEDULE_FEE, 100_00), *lines)
