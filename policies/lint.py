"""What is wrong with a policy, in sentences that say what to do. Pure: looks at terms only.

An error stops publishing, a warning does not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from django.utils.translation import gettext

from policies.phrases import hours_left, percentage
from policies.rules.terms import PriceDifference, RescheduleTerms, Terms, Tier

_LONG_COOLING_OFF = timedelta(days=30)


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: a code for machines, a sentence for people."""

    code: str
    severity: Severity
    message: str

    @property
    def is_error(self) -> bool:
        """Tell whether it stops publishing."""
        return self.severity is Severity.ERROR


def lint_terms(terms: Terms) -> list[Problem]:
    """Return everything wrong with the terms: the tiers first, then the rest, in the order of the form."""
    problems = lint_tiers(terms.cancellation.tiers, window=terms.cancellation.window)
    if terms.cancellation.cooling_off > _LONG_COOLING_OFF:
        message = gettext(
            "The cooling-off period is longer than 30 days: most patients get everything back, however late they cancel. "
            "Check that days were not entered as hours."
        )
        problems.append(_warning("long_cooling_off", message))
    return problems + _lint_moves(terms.reschedule)


def lint_tiers(tiers: Iterable[Tier], *, window: timedelta = timedelta(0)) -> list[Problem]:
    """Return everything wrong with a table of tiers, highest notice first.

    `window` is how long before the start online cancellation closes.
    """
    highest_first = sorted(tiers, key=lambda tier: tier.notice, reverse=True)
    if not highest_first:
        message = gettext("There are no tiers, so nothing ever comes back. Add a tier at 0 hours at least.")
        return [_error("no_tiers", message)]
    return [
        *(problem for tier in highest_first for problem in _lint_tier(tier)),
        *(problem for higher, lower in pairwise(highest_first) for problem in _lint_neighbours(higher, lower)),
        *_lint_hole(highest_first[-1]),
        *_lint_reach(highest_first, window),
    ]


def _lint_tier(tier: Tier) -> list[Problem]:
    problems = []
    if tier.notice < timedelta(0):
        message = gettext("A tier stands at less than 0 hours: it would only count after the start. Use 0 or more.")
        problems.append(_error("negative_hours", message))
    if not 0 <= tier.percent <= 100:
        message = gettext("With %(hours)s left %(percent)s would come back. Enter a percentage from 0 to 100.")
        problems.append(_error("percent_range", message % _about(tier)))
    return problems


def _lint_neighbours(higher: Tier, lower: Tier) -> list[Problem]:
    """Compare two tiers, one with more notice than the next."""
    if higher.notice == lower.notice:
        message = gettext("There are two tiers at %(hours)s. Keep one of them.")
        return [_error("duplicate_hours", message % _about(higher))]
    about = {
        "less": hours_left(lower.notice),
        "more": hours_left(higher.notice),
        "lower": percentage(lower.percent),
        "higher": percentage(higher.percent),
    }
    if lower.percent > higher.percent:
        message = gettext(
            "With %(less)s left %(lower)s comes back, but with %(more)s left only %(higher)s: "
            "more notice must never give less. Swap the percentages or raise the one at %(more)s."
        )
        return [_error("rising_percent", message % about)]
    if lower.percent == higher.percent:
        message = gettext(
            "With %(more)s and with %(less)s left the same %(lower)s comes back. Remove the one at %(more)s."
        )
        return [_warning("same_percent", message % about)]
    return []


def _lint_hole(lowest: Tier) -> list[Problem]:
    if lowest.notice <= timedelta(0):
        return []
    message = gettext(
        "Nothing is said about less than %(hours)s before the start. Add a tier at 0 hours, with 0%% if nothing comes back."
    )
    return [_error("hole", message % _about(lowest))]


def _lint_reach(highest_first: Sequence[Tier], window: timedelta) -> list[Problem]:
    """Name the tiers that give something but lie wholly inside the time in which patients cannot cancel."""
    message = gettext(
        "Patients cannot cancel with less than %(window)s left, so the tier at %(hours)s is reached by staff only. "
        "Shorten the window or remove the tier."
    )
    return [
        _warning("unreachable_tier", message % {"window": hours_left(window), "hours": hours_left(lower.notice)})
        for higher, lower in pairwise(highest_first)
        if lower.percent > 0 and (higher.notice < window or (higher.notice == window and higher.inclusive))
    ]


def _lint_moves(rules: RescheduleTerms) -> list[Problem]:
    problems = []
    about = {"free": rules.free_reschedules, "most": rules.max_reschedules}
    if rules.free_reschedules > rules.max_reschedules:
        message = gettext(
            "Moves that are free: %(free)d, but only %(most)d are allowed. Allow more or make fewer free."
        )
        problems.append(_warning("free_above_most", message % about))
    elif rules.fee and rules.free_reschedules == rules.max_reschedules:
        message = gettext("Every allowed move is free, so the fee is never taken. Remove the fee or make fewer free.")
        problems.append(_warning("fee_never_taken", message))
    if not rules.fee and rules.price_difference is PriceDifference.FIXED_FEE:
        message = gettext(
            "Only the fee is taken when the price differs, but there is none. Enter a fee or choose another way."
        )
        problems.append(_warning("fixed_fee_without_fee", message))
    return problems


def _about(tier: Tier) -> dict[str, str]:
    return {"hours": hours_left(tier.notice), "percent": percentage(tier.percent)}


def _error(code: str, message: str) -> Problem:
    return Problem(code, Severity.ERROR, message)


def _warning(code: str, message: str) -> Problem:
    return Problem(code, Severity.WARNING, message)
