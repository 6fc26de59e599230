"""Rows → the terms of the rules, and the version in force at a moment."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from policies import models
from policies.errors import NoPolicyInForce
from policies.rules.facts import ActorKind
from policies.rules.terms import CancellationTerms, PriceDifference, RescheduleTerms, Terms, Tier

_MICROSECONDS_AN_HOUR = 3_600_000_000
_REMEMBERED_VERSIONS = 1024


@dataclass(frozen=True, slots=True)
class Timings:
    """How long things stand: until a cancelled slot can be booked, until an approval or a draft runs out."""

    slot_release: timedelta
    approval_timeout: timedelta
    draft_hold: timedelta


def hours_to_length(hours: Decimal) -> timedelta:
    """Return decimal hours as a length; two places are exact."""
    return timedelta(microseconds=int(hours * _MICROSECONDS_AN_HOUR))


def terms_of(version: models.PolicyVersion) -> Terms:
    """Return what the rules need of a version. One query at most; none for a published one seen before."""
    tiers = _frozen_tiers(version.uid) if version.is_published else _tiers(list(version.tiers.all()))
    required = {
        ActorKind.PATIENT: version.reason_from_patient,
        ActorKind.STAFF: version.reason_from_staff,
        ActorKind.DOCTOR: version.reason_from_doctor,
    }
    return Terms(
        CancellationTerms(
            tiers=tiers,
            cooling_off=hours_to_length(version.cooling_off_hours),
            window=hours_to_length(version.window_hours),
            reason_required=frozenset(actor for actor, is_required in required.items() if is_required),
        ),
        RescheduleTerms(
            max_reschedules=version.max_reschedules,
            window=hours_to_length(version.reschedule_window_hours),
            same_doctor_required=version.same_doctor_required,
            free_reschedules=version.free_reschedules,
            fee=version.reschedule_fee,
            price_difference=PriceDifference(version.price_difference),
            keep_tier=version.keep_tier_after_reschedule,
        ),
    )


def timings_of(version: models.PolicyVersion) -> Timings:
    """Return the lengths of a version that the rules do not need. No query."""
    return Timings(
        slot_release=timedelta(minutes=version.slot_release_minutes),
        approval_timeout=hours_to_length(version.approval_timeout_hours),
        draft_hold=timedelta(minutes=version.draft_hold_minutes),
    )


def version_in_force(*, policy_id: int, now: datetime) -> models.PolicyVersion:
    """Return the highest version that has taken effect by `now` (exactly then counts), its policy loaded. One query.

    Raises NoPolicyInForce.
    """
    versions = models.PolicyVersion.objects.select_related("policy").filter(
        policy_id=policy_id, status=models.VersionStatus.PUBLISHED, effective_from__lte=now
    )
    version = versions.order_by("-number").first()
    if version is None:
        raise NoPolicyInForce(policy_id, now)
    return version


def policies_in_force(*, policy_ids: Collection[int], now: datetime) -> set[int]:
    """Return which of these policies have a version that has taken effect by `now`. One query."""
    versions = models.PolicyVersion.objects.filter(
        policy__in=policy_ids, status=models.VersionStatus.PUBLISHED, effective_from__lte=now
    )
    return set(versions.values_list("policy", flat=True))


@lru_cache(maxsize=_REMEMBERED_VERSIONS)
def _frozen_tiers(version_uid: uuid.UUID) -> tuple[Tier, ...]:
    return _tiers(list(models.Tier.objects.filter(version__uid=version_uid)))


def _tiers(rows: list[models.Tier]) -> tuple[Tier, ...]:
    return tuple(Tier(hours_to_length(row.hours), row.percent, row.inclusive) for row in rows)
