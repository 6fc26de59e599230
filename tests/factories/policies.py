"""Policies in force, made by publishing them."""

# mypy: disable-error-code="no-untyped-call"
# (factory_boy types its factories, not its declarations)

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from factory.declarations import Sequence
from factory.django import DjangoModelFactory

from policies.models import Policy, PolicyVersion, Tier
from policies.publish import create_draft, publish_version
from tests.factories.clock import PUBLISHED_AT
from tests.factories.names import spoken

#: Hours before the start, whether exactly that counts, and the percentage that comes back.
TierRow = tuple[Decimal | int, bool, Decimal | int]


class PolicyFactory(DjangoModelFactory[Policy]):
    """A policy without any version. Who books needs `published_policy`."""

    class Meta:
        model = Policy

    name = Sequence(lambda number: f"Policy {spoken(number)}")
    currency = "INR"


def published_policy(
    *,
    currency: str = "INR",
    now: datetime = PUBLISHED_AT,
    tiers: Iterable[TierRow] | None = None,
    **terms: Any,
) -> Policy:
    """Return a policy whose first version is in force from `now`: the defaults but for the fields given.

    `tiers` replace the default ones (more than 24 h 100 %, from 12 h 75 %, from 2 h 50 %, else 0 %).
    """
    policy = PolicyFactory.create(currency=currency)
    publish(policy, now=now, tiers=tiers, **terms)
    return policy


def publish(
    policy: Policy, *, now: datetime = PUBLISHED_AT, tiers: Iterable[TierRow] | None = None, **terms: Any
) -> PolicyVersion:
    """Publish the policy's next version, in force from `now`: the one before (or the defaults) but for the fields given."""
    draft = create_draft(policy_id=policy.pk, actor="tests", now=now)
    for name, value in terms.items():
        assert hasattr(draft, name), name
        setattr(draft, name, value)
    draft.save()
    if tiers is not None:
        draft.tiers.all().delete()
        Tier.objects.bulk_create(
            Tier(version=draft, hours=Decimal(hours), inclusive=inclusive, percent=Decimal(percent))
            for hours, inclusive, percent in tiers
        )
    return publish_version(version_id=draft.pk, actor="tests", now=now)
