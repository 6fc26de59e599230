"""The terms of a policy version: frozen, in the words of the rules."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from policies.rules.facts import ActorKind


class PriceDifference(StrEnum):
    """What happens when the new slot has another price."""

    CHARGE = "charge_difference"
    CREDIT = "credit_difference"
    FIXED_FEE = "fixed_fee"


@dataclass(frozen=True, slots=True)
class Tier:
    """With `notice` left before the start, `percent` (0 to 100) comes back.

    An inclusive tier is reached at exactly its notice, another only with more.
    """

    notice: timedelta
    percent: Decimal
    inclusive: bool = True

    def is_reached(self, left: timedelta) -> bool:
        """Tell whether this much time before the start reaches the tier."""
        return left > self.notice or (self.inclusive and left == self.notice)


@dataclass(frozen=True, slots=True)
class CancellationTerms:
    """Who may cancel until when, and what comes back."""

    tiers: tuple[Tier, ...]
    cooling_off: timedelta
    window: timedelta
    reason_required: frozenset[ActorKind]

    def __post_init__(self) -> None:
        """Put the highest notice first; at equal notice the tier reached only beyond it is the higher one."""
        ordered = sorted(self.tiers, key=lambda tier: (tier.notice, not tier.inclusive), reverse=True)
        object.__setattr__(self, "tiers", tuple(ordered))

    def tier_reached(self, left: timedelta) -> Tier | None:
        """Return the tier with the highest threshold reached with this much time left, or None."""
        return next((tier for tier in self.tiers if tier.is_reached(left)), None)


@dataclass(frozen=True, slots=True)
class RescheduleTerms:
    """How often and until when an appointment may be moved, and what moving costs (`fee` in minor units)."""

    max_reschedules: int
    window: timedelta
    same_doctor_required: bool
    free_reschedules: int
    fee: int
    price_difference: PriceDifference
    keep_tier: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a policy, as a chain was booked under it."""

    cancellation: CancellationTerms
    reschedule: RescheduleTerms
