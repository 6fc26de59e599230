"""The seed's terms, as the rules see them."""

from datetime import timedelta
from decimal import Decimal

from policies.rules.facts import ActorKind
from policies.rules.terms import CancellationTerms, PriceDifference, RescheduleTerms, Terms, Tier

HOUR = timedelta(hours=1)


def tier(hours: float, percent: str, *, inclusive: bool = True) -> Tier:
    return Tier(hours * HOUR, Decimal(percent), inclusive)


SEED_TIERS = (tier(24, "100", inclusive=False), tier(12, "75"), tier(2, "50"), tier(0, "0"))
SEED = Terms(
    CancellationTerms(
        tiers=SEED_TIERS,
        cooling_off=24 * HOUR,
        window=timedelta(0),
        reason_required=frozenset({ActorKind.STAFF, ActorKind.DOCTOR}),
    ),
    RescheduleTerms(
        max_reschedules=2,
        window=2 * HOUR,
        same_doctor_required=False,
        free_reschedules=1,
        fee=100_00,
        price_difference=PriceDifference.CHARGE,
        keep_tier=False,
    ),
)
