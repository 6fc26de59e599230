"""What the lint says of a table of tiers and of the rest."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from policies.lint import Severity, lint_terms, lint_tiers
from policies.rules.terms import PriceDifference, Terms, Tier
from tests.policies.terms import SEED, SEED_TIERS, tier


def cancelling(**changes: Any) -> Terms:
    return replace(SEED, cancellation=replace(SEED.cancellation, **changes))


def moving(**changes: Any) -> Terms:
    return replace(SEED, reschedule=replace(SEED.reschedule, **changes))


def found(terms: Terms) -> list[tuple[str, str]]:
    return [(problem.code, problem.severity.value) for problem in lint_terms(terms)]


def test_lint_when_seed() -> None:
    assert lint_terms(SEED) == []


@pytest.mark.parametrize(
    ("tiers", "code", "severity", "message"),
    [
        (
            (),
            "no_tiers",
            Severity.ERROR,
            "There are no tiers, so nothing ever comes back. Add a tier at 0 hours at least.",
        ),
        (
            (tier(24, "50"), tier(12, "75"), tier(0, "0")),
            "rising_percent",
            Severity.ERROR,
            (
                "With 12 hours left 75% comes back, but with 24 hours left only 50%: more notice must never give less. "
                "Swap the percentages or raise the one at 24 hours."
            ),
        ),
        (
            (tier(2, "50"),),
            "hole",
            Severity.ERROR,
            (
                "Nothing is said about less than 2 hours before the start. "
                "Add a tier at 0 hours, with 0% if nothing comes back."
            ),
        ),
        (
            (tier(1.5, "50"), tier(1.5, "40"), tier(0, "0")),
            "duplicate_hours",
            Severity.ERROR,
            "There are two tiers at 1.5 hours. Keep one of them.",
        ),
        (
            (tier(1, "100.5"), tier(0, "0")),
            "percent_range",
            Severity.ERROR,
            "With 1 hour left 100.5% would come back. Enter a percentage from 0 to 100.",
        ),
        (
            (tier(1, "5"), tier(0, "-1")),
            "percent_range",
            Severity.ERROR,
            "With 0 hours left -1% would come back. Enter a percentage from 0 to 100.",
        ),
        (
            (tier(1, "5"), tier(-1, "0")),
            "negative_hours",
            Severity.ERROR,
            "A tier stands at less than 0 hours: it would only count after the start. Use 0 or more.",
        ),
        (
            (tier(24, "50"), tier(12, "50"), tier(0, "0")),
            "same_percent",
            Severity.WARNING,
            "With 24 hours and with 12 hours left the same 50% comes back. Remove the one at 24 hours.",
        ),
    ],
)
def test_lint_tiers(tiers: tuple[Tier, ...], code: str, severity: Severity, message: str) -> None:
    assert [(problem.code, problem.severity, problem.message) for problem in lint_tiers(tiers)] == [
        (code, severity, message)
    ]


def test_lint_tiers_in_any_order() -> None:
    assert lint_tiers(reversed(SEED_TIERS)) == []


@pytest.mark.parametrize(
    ("window", "inclusive", "unreachable"),
    [("2", True, []), ("11.99", True, []), ("12", True, ["unreachable_tier"]), ("12", False, [])],
)
def test_lint_when_window_reaches_over_a_tier(window: str, inclusive: bool, unreachable: list[str]) -> None:  # noqa: FBT001
    tiers = (tier(12, "75", inclusive=inclusive), tier(2, "50"), tier(0, "0"))

    assert [problem.code for problem in lint_tiers(tiers, window=timedelta(hours=float(window)))] == unreachable


def test_lint_when_window_says_which_tier() -> None:
    assert [problem.message for problem in lint_terms(cancelling(window=timedelta(hours=13)))] == [
        (
            "Patients cannot cancel with less than 13 hours left, so the tier at 2 hours is reached by staff only. "
            "Shorten the window or remove the tier."
        )
    ]


@pytest.mark.parametrize(
    ("cooling_off", "codes"),
    [(timedelta(days=30), []), (timedelta(days=30, seconds=1), [("long_cooling_off", "warning")])],
)
def test_lint_when_cooling_off_is_long(cooling_off: timedelta, codes: list[tuple[str, str]]) -> None:
    assert found(cancelling(cooling_off=cooling_off)) == codes


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"free_reschedules": 3}, [("free_above_most", "warning")]),
        ({"free_reschedules": 2}, [("fee_never_taken", "warning")]),
        ({"free_reschedules": 2, "fee": 0}, []),
        ({"price_difference": PriceDifference.FIXED_FEE}, []),
        ({"price_difference": PriceDifference.FIXED_FEE, "fee": 0}, [("fixed_fee_without_fee", "warning")]),
    ],
)
def test_lint_moves(changes: dict[str, Any], codes: list[tuple[str, str]]) -> None:
    assert found(moving(**changes)) == codes
