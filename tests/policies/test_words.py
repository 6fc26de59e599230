"""The policy in sentences, and as steps of a picture."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from policies.phrases import hours_left, money, percentage
from policies.rules.terms import CancellationTerms, PriceDifference, Terms, Tier
from policies.words import RefundPoint, describe_terms, refund_points
from tests.policies.terms import HOUR, SEED, SEED_TIERS, tier


def with_tiers(*tiers: Tier) -> Terms:
    return Terms(CancellationTerms(tiers, timedelta(0), timedelta(0), frozenset()), SEED.reschedule)


def cancelling(terms: Terms) -> list[str]:
    """The sentences about cancelling, without the example: with no moves one sentence is left after them."""
    no_moves = replace(terms, reschedule=replace(terms.reschedule, max_reschedules=0))
    return [text for text in describe_terms(no_moves, currency="INR")[:-1] if not text.startswith("For example")]


def moving(**changes: Any) -> list[str]:
    terms = replace(with_tiers(tier(0, "0")), reschedule=replace(SEED.reschedule, **changes))
    return describe_terms(terms, currency="INR")[1:]


def test_describe_seed() -> None:
    assert describe_terms(SEED, currency="INR", locale="en_IN") == [
        "Up to 24 hours after the first booking: 100% back, however near the start.",
        "More than 24 hours before the start: 100% back.",
        "Later, until 12 hours before the start: 75% back.",
        "Later, until 2 hours before the start: 50% back.",
        "Less than 2 hours before the start: 0% back.",
        "For example, of ₹1,000.00 paid, ₹750.00 comes back if you cancel 12 hours before the start.",
        "You can move the appointment up to 2 times, until 2 hours before the start.",
        "The first move is free, each further one costs ₹100.00.",
        "If the new time costs more, you pay the difference; if it costs less, you get it as credit.",
    ]


def test_describe_example_of_an_amount() -> None:
    sentences = describe_terms(SEED, currency="JPY", example=333)

    assert "For example, of ¥333 paid, ¥250 comes back if you cancel 12 hours before the start." in sentences


@pytest.mark.parametrize(
    ("tiers", "sentences"),
    [
        ((), ["Nothing comes back."]),
        ((tier(0, "80"),), ["Until the start: 80% back."]),
        (
            (tier(5, "100"), tier(1, "60", inclusive=False), tier(0, "0")),
            [
                "5 hours or more before the start: 100% back.",
                "Later, while more than 1 hour are left: 60% back.",
                "1 hour or less before the start: 0% back.",
            ],
        ),
        (
            (tier(5, "60"),),
            ["5 hours or more before the start: 60% back.", "Less than 5 hours before the start: 0% back."],
        ),
    ],
)
def test_describe_tiers(tiers: tuple[Tier, ...], sentences: list[str]) -> None:
    assert cancelling(with_tiers(*tiers)) == sentences


def test_describe_window() -> None:
    terms = with_tiers(tier(0, "100"))

    assert cancelling(replace(terms, cancellation=replace(terms.cancellation, window=HOUR * 3))) == [
        "Until the start: 100% back.",
        "Online you can cancel until 3 hours before the start. After that you can ask for an exception.",
    ]


CREDIT = "If the new time costs more, you pay the difference; if it costs less, you get it as credit."
TWICE = "You can move the appointment up to 2 times, until 2 hours before the start."


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"max_reschedules": 0}, ["The appointment cannot be moved. Cancel it and book again."]),
        (
            {"max_reschedules": 1},
            ["You can move the appointment once, until 2 hours before the start.", "Moving is free.", CREDIT],
        ),
        ({"fee": 0}, [TWICE, "Moving is free.", CREDIT]),
        ({"free_reschedules": 0}, [TWICE, "Each move costs ₹100.00.", CREDIT]),
        (
            {"free_reschedules": 2, "max_reschedules": 3},
            [
                "You can move the appointment up to 3 times, until 2 hours before the start.",
                "The first 2 moves are free, each further one costs ₹100.00.",
                CREDIT,
            ],
        ),
        (
            {
                "same_doctor_required": True,
                "keep_tier": True,
                "fee": 0,
                "price_difference": PriceDifference.CREDIT,
            },
            [
                TWICE,
                "It stays with the same doctor.",
                "Moving is free.",
                "If the new time costs more, you pay nothing extra; if it costs less, the difference is refunded.",
                "Moving late does not raise what cancelling gives back.",
            ],
        ),
        (
            {"fee": 0, "price_difference": PriceDifference.FIXED_FEE},
            [
                TWICE,
                "Moving is free.",
                "If the new time costs more or less, nothing is paid and nothing comes back for that.",
            ],
        ),
    ],
)
def test_describe_moving(changes: dict[str, Any], sentences: list[str]) -> None:
    assert moving(**changes) == sentences


@pytest.mark.parametrize(
    ("tiers", "points"),
    [
        ((), [RefundPoint(None, timedelta(0), Decimal(0))]),
        (
            SEED_TIERS,
            [
                RefundPoint(None, 24 * HOUR, Decimal(100)),
                RefundPoint(24 * HOUR, 12 * HOUR, Decimal(75)),
                RefundPoint(12 * HOUR, 2 * HOUR, Decimal(50)),
                RefundPoint(2 * HOUR, timedelta(0), Decimal(0)),
            ],
        ),
        (
            (tier(5, "60"), tier(3, "60"), tier(1, "40")),
            [
                RefundPoint(None, 3 * HOUR, Decimal(60)),
                RefundPoint(3 * HOUR, HOUR, Decimal(40)),
                RefundPoint(HOUR, timedelta(0), Decimal(0)),
            ],
        ),
    ],
)
def test_refund_points(tiers: tuple[Tier, ...], points: list[RefundPoint]) -> None:
    assert refund_points(with_tiers(*tiers)) == points


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (12_345_678, "INR", "en_IN", "₹1,23,456.78"),
        (1_234_567, "IQD", "en", "IQD1,234.567"),
        (150, "AFN", "en", "AFN1.50"),
        (-5, "JPY", "en", "-¥5"),
        (1, "CLF", "en", "CLF0.0001"),
        (123_456, "EUR", "de", "1.234,56\xa0€"),
    ],
)
def test_money_keeps_every_place(amount: int, currency: str, locale: str, text: str) -> None:
    assert money(amount, currency, locale=locale) == text


def test_phrases_follow_the_active_language() -> None:
    with translation.override("de"):
        assert (hours_left(1.5 * HOUR), percentage(Decimal("12.50"))) == ("1,5 hours", "12,5%")


def test_phrases_when_no_language_is_active() -> None:
    with translation.override(None):
        assert percentage(Decimal(75)) == "75%"


def test_money_when_read_from_right_to_left() -> None:
    with translation.override("he"):
        assert money(75_000, "INR", locale="en_IN") == "\u2066₹750.00\u2069"
