"""Policies for tests, quietly made."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from policies.models import Policy, PolicyVersion, Tier
from policies.publish import create_draft, publish_version


def make_policy(*, name: str = "Standard", currency: str = "INR") -> Policy:
    return Policy.objects.create(name=name, currency=currency)


def make_draft(*, now: datetime, policy: Policy | None = None, **changes: Any) -> PolicyVersion:
    """The policy's draft with some fields changed."""
    draft = create_draft(policy_id=(policy or make_policy()).pk, actor="Asha", now=now)
    PolicyVersion.objects.filter(pk=draft.pk).update(**changes)
    return PolicyVersion.objects.get(pk=draft.pk)


def make_published(*, now: datetime, policy: Policy | None = None, **changes: Any) -> PolicyVersion:
    draft = make_draft(now=now, policy=policy, **changes)
    return publish_version(version_id=draft.pk, actor="Asha", now=now)


def replace_tiers(version: PolicyVersion, *tiers: tuple[str, bool, str]) -> None:
    """Give a draft these tiers: hours, inclusive, percent."""
    version.tiers.all().delete()
    for hours, inclusive, percent in tiers:
        Tier.objects.create(version=version, hours=Decimal(hours), inclusive=inclusive, percent=Decimal(percent))


def tier_rows(version: PolicyVersion) -> list[tuple[Decimal, bool, Decimal]]:
    return [(tier.hours, tier.inclusive, tier.percent) for tier in version.tiers.all()]
