"""Quotes in words: the exact sentences."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from appointments.actor import Actor
from appointments.models import Appointment
from appointments.quoting import cancellation_request, offer_cancellation, offer_reschedule, reschedule_request
from appointments.usecases.reschedule import reschedule_appointment
from appointments.wording.explain import Row, explain_lines, explain_ways, notice_words, way_back_words
from policies.rules.money import Allocation, RefundWay
from tests import factories as make

pytestmark = pytest.mark.django_db


def cancellation(
    appointment: Appointment, actor: Actor | None = None, *, now: datetime = make.NOW, percent: int | None = None
) -> list[Row]:
    actor = actor or make.patient_of(appointment)
    request = cancellation_request(
        actor=actor, for_hospital=False, override_percent=None if percent is None else Decimal(percent)
    )
    quote = offer_cancellation(appointment=make.fresh(appointment), actor=actor, request=request, now=now).quote
    return explain_lines(quote.lines, currency="INR", centre=appointment.centre)


def why(rows: list[Row]) -> str:
    return next(row.why for row in rows if row.kind == "kept_by_rule")


def test_rows_when_a_tier_keeps_a_part() -> None:
    rows = cancellation(make.booked(), now=make.STARTS_AT - timedelta(hours=13))

    assert rows == [
        Row("held", "You paid", "₹1,000.00"),
        Row(
            "kept_by_rule",
            "The clinic keeps",
            "-₹250.00",
            "75% back: you cancel at least 12 hours before the start (until Thursday 5 November 2026 at 2:30am)",
        ),
        Row("refund", "You get back", "₹750.00", is_total=True),
    ]


def test_rows_when_channel_and_insurer_are_in_it() -> None:
    slot = make.SlotFactory.create()
    channel = make.ChannelFactory.create(centre=slot.doctor.centre, handling_fee=2_050)
    appointment = make.booked(slot=slot, channel=channel, insured=40_000)

    rows = cancellation(appointment)

    assert rows[2:] == [
        Row("handling_fee", "Handling fee", "-₹20.50", "Taken by the service you booked with"),
        Row("refund", "You get back", "₹579.50", is_total=True),
        Row("insured", "Your insurer gets back", "₹400.00"),
    ]


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (
            timedelta(hours=72),
            "100% back: you cancel more than 24 hours before the start (before Wednesday 4 November 2026 at 2:30pm)",
        ),
        (
            timedelta(hours=2),
            "50% back: you cancel at least 2 hours before the start (until Thursday 5 November 2026 at 12:30pm)",
        ),
        (timedelta(hours=1), "0% back: the start is too close for more"),
    ],
)
def test_rule_when_each_tier(before: timedelta, sentence: str) -> None:
    assert why(cancellation(make.booked(), now=make.STARTS_AT - before)) == sentence


def test_rule_when_staff_cancel_after_the_start() -> None:
    appointment = make.booked()

    sentence = why(cancellation(appointment, make.staff_of(appointment), now=make.STARTS_AT + timedelta(minutes=1)))

    assert sentence == "0% back: it is too late for more"


def test_rule_when_cooling_off() -> None:
    appointment = make.booked(booked_at=make.NOW)

    assert why(cancellation(appointment)) == (
        "100% back: you booked not long ago and can cancel free until Tuesday 3 November 2026 at 2:30pm"
    )


def test_rule_when_nothing_is_confirmed() -> None:
    assert why(cancellation(make.pending_approval())) == "100% back: the appointment is not confirmed yet"


def test_rule_when_clinic_cancels() -> None:
    appointment = make.booked()

    assert why(cancellation(appointment, make.system())) == "100% back: the clinic cancels, so everything comes back"


def test_rule_when_staff_set_the_percentage() -> None:
    appointment = make.booked()
    actor = make.staff_of(appointment, "override_percentage")

    assert why(cancellation(appointment, actor, percent=40)) == "40% back: set by the clinic’s staff"


def test_rule_when_a_move_capped_it() -> None:
    policy = make.published_policy(keep_tier_after_reschedule=True)
    old = make.booked(slot=make.SlotFactory.create(doctor__centre__policy=policy))
    new = reschedule_appointment(
        appointment_id=old.pk,
        slot_id=make.moving(old).pk,
        actor=make.patient_of(old),
        now=make.STARTS_AT - timedelta(hours=13),
    ).appointment

    rows = cancellation(new, make.patient_of(old), now=make.STARTS_AT - timedelta(hours=12))

    assert why(rows) == "75% back: what stood when you moved this appointment"


# Moves


def move(price: int, **terms: Any) -> list[Row]:
    policy = make.published_policy(**terms)
    appointment = make.booked(slot=make.SlotFactory.create(doctor__centre__policy=policy))
    actor = make.patient_of(appointment)
    request = reschedule_request(actor=actor, for_hospital=False, override=False)
    slot = make.moving(appointment, price=price)
    quote = offer_reschedule(appointment=appointment, slot=slot, actor=actor, request=request, now=make.NOW).quote
    return explain_lines(quote.lines, currency="INR", centre=appointment.centre)


HELD = Row("held", "You paid", "₹1,000.00")


@pytest.mark.parametrize(
    ("price", "terms", "expected"),
    [
        (100_000, {}, [Row("due", "To pay now", "₹0.00", is_total=True)]),
        (
            130_000,
            {"free_reschedules": 0, "reschedule_fee": 10_000},
            [
                Row("reschedule_fee", "Fee for moving", "₹100.00"),
                Row("difference_charged", "Price difference", "₹300.00"),
                Row("due", "To pay now", "₹400.00", is_total=True),
            ],
        ),
        (
            60_000,
            {},
            [
                Row("difference_returned", "Price difference", "-₹400.00"),
                Row("credit", "Credit for your next booking", "₹400.00", is_total=True),
            ],
        ),
        (
            60_000,
            {"price_difference": "credit_difference"},
            [
                Row("difference_returned", "Price difference", "-₹400.00"),
                Row("refund", "You get back", "₹400.00", is_total=True),
            ],
        ),
        (
            130_000,
            {"price_difference": "credit_difference"},
            [
                Row(
                    "difference_waived",
                    "Price difference",
                    "₹0.00",
                    "The new time costs ₹300.00 more. You do not pay it.",
                ),
                Row("due", "To pay now", "₹0.00", is_total=True),
            ],
        ),
        (
            60_000,
            {"price_difference": "fixed_fee"},
            [
                Row(
                    "difference_kept",
                    "Price difference",
                    "₹0.00",
                    "The new time costs ₹400.00 less. The clinic’s terms do not return it.",
                ),
                Row("due", "To pay now", "₹0.00", is_total=True),
            ],
        ),
    ],
)
def test_rows_when_moved(price: int, terms: dict[str, Any], expected: list[Row]) -> None:
    assert move(price, **terms) == [HELD, *expected]


# Ways back


def test_ways_when_several_parts_go_one_way() -> None:
    centre = make.CentreFactory.create()
    parts = [
        Allocation("a", 100, RefundWay.ORIGINAL),
        Allocation("b", 250, RefundWay.CASH),
        Allocation("c", 900, RefundWay.ORIGINAL),
    ]

    assert explain_ways(parts, currency="INR", centre=centre) == [
        Row("original", "to the card or account you paid with", "₹10.00"),
        Row("cash", "in cash at the centre’s cash desk", "₹2.50"),
    ]


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("bank_transfer", "by bank transfer"),
        ("credit", "as credit for your next booking"),
        ("insurance_window", "to your insurer, by the insurance window"),
    ],
)
def test_way_when_each(way: str, words: str) -> None:
    assert way_back_words(way) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3600, "1 hour"),
        (7200, "2 hours"),
        (48 * 3600, "48 hours"),
        (60, "1 minute"),
        (5400, "90 minutes"),
    ],
)
def test_notice_when_in_hours_or_minutes(seconds: int, words: str) -> None:
    assert notice_words(seconds) == words
