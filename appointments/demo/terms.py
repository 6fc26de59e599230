"""The policies of the demonstration, published long enough ago for everything that was booked under them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from policies.models import Policy
from policies.publish import create_draft, publish_version
from policies.rules.terms import PriceDifference

AUTHOR = "Vikram Chitnis, policy maker"


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """A policy to publish: its name, currency, what it is for, and where it differs from the defaults."""

    name: str
    currency: str
    description: str
    differs: dict[str, Any] = field(default_factory=dict)


STANDARD = PolicyPlan("Standard", "INR", "For every doctor in Pune who has no terms of their own.")
WALLET = PolicyPlan(
    "Wallet bookings",
    "INR",
    "For bookings through the wallet’s mini program.",
    {"price_difference": PriceDifference.CREDIT.value, "free_reschedules": 2},
)
SENIOR = PolicyPlan(
    "Senior consultants",
    "INR",
    "Few places, long waiting list: a flat fee for every move, and a move never raises the refund.",
    {
        "price_difference": PriceDifference.FIXED_FEE.value,
        "free_reschedules": 0,
        "reschedule_fee": 250_00,
        "keep_tier_after_reschedule": True,
        "same_doctor_required": True,
        "slot_release_minutes": 60,
    },
)
LONDON = PolicyPlan("London standard", "GBP", "For every doctor in London.", {"reschedule_fee": 10_00})


def publish_policies(*, now: datetime) -> dict[str, Policy]:
    """Publish version 1 of each policy as of 120 days before `now`, leave one draft to try; return them by name."""
    published_at = now - timedelta(days=120)
    policies = {}
    for plan in (STANDARD, WALLET, SENIOR, LONDON):
        policy = Policy.objects.create(name=plan.name, currency=plan.currency, description=plan.description)
        draft = create_draft(policy_id=policy.pk, actor=AUTHOR, now=published_at)
        for name, value in plan.differs.items():
            setattr(draft, name, value)
        draft.save(update_fields=list(plan.differs))
        publish_version(version_id=draft.pk, actor=AUTHOR, now=published_at)
        policies[plan.name] = policy
    _draft_a_kinder_version(policies[STANDARD.name], now=now)
    return policies


def _draft_a_kinder_version(policy: Policy, *, now: datetime) -> None:
    """Leave a draft that nobody has published yet."""
    draft = create_draft(policy_id=policy.pk, actor=AUTHOR, now=now)
    draft.cooling_off_hours = Decimal(48)
    draft.note = "Two days to think it over. To be discussed with the heads of department."
    draft.save(update_fields=["cooling_off_hours", "note"])
