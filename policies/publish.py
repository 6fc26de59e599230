"""Draft → published version. Beside the admin's draft form, the only writer of versions."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext

from policies.errors import NotADraft, PolicyInvalid
from policies.lint import Problem, Severity, lint_terms
from policies.locks import lock_policy, lock_version
from policies.models import Policy, PolicyVersion, Tier, VersionStatus
from policies.queries import terms_of
from policies.rules.currencies import PLACES

#: What a new version takes over from the newest published one.
COPIED_FIELDS = (
    "cooling_off_hours",
    "window_hours",
    "reason_from_patient",
    "reason_from_staff",
    "reason_from_doctor",
    "slot_release_minutes",
    "approval_timeout_hours",
    "draft_hold_minutes",
    "max_reschedules",
    "reschedule_window_hours",
    "same_doctor_required",
    "free_reschedules",
    "reschedule_fee",
    "price_difference",
    "keep_tier_after_reschedule",
)
#: The tiers of a first draft: hours, inclusive, percent.
DEFAULT_TIERS = (
    (Decimal(24), False, Decimal(100)),
    (Decimal(12), True, Decimal(75)),
    (Decimal(2), True, Decimal(50)),
    (Decimal(0), True, Decimal(0)),
)
#: The fee of a first draft, in whole units of the currency.
DEFAULT_FEE = 100


@transaction.atomic
def create_draft(*, policy_id: int, actor: str, now: datetime) -> PolicyVersion:
    """Return the policy's draft: the one it has, else a copy of its newest published version, else the defaults.

    `actor` is the label of who asks. Raises Policy.DoesNotExist.
    """
    policy = lock_policy(policy_id=policy_id)
    existing = policy.versions.filter(status=VersionStatus.DRAFT).first()
    if existing:
        return existing
    newest = _newest(policy)
    draft = PolicyVersion(policy=policy, drafted_at=now, drafted_by=actor)
    if newest:
        for name in COPIED_FIELDS:
            setattr(draft, name, getattr(newest, name))
        tiers = [(tier.hours, tier.inclusive, tier.percent) for tier in newest.tiers.all()]
    else:
        draft.reschedule_fee = DEFAULT_FEE * 10 ** PLACES[policy.currency]
        tiers = list(DEFAULT_TIERS)
    draft.save(force_insert=True)
    Tier.objects.bulk_create(
        Tier(version=draft, hours=hours, inclusive=inclusive, percent=percent) for hours, inclusive, percent in tiers
    )
    return draft


@transaction.atomic
def publish_version(
    *, version_id: int, actor: str, now: datetime, effective_from: datetime | None = None
) -> PolicyVersion:
    """Publish a draft under the next number, in force from `effective_from` (None: from now), and return it.

    `actor` is the label of who publishes. Raises PolicyVersion.DoesNotExist, NotADraft, and PolicyInvalid with every
    error of the draft; nothing is changed then.
    """
    version = lock_version(version_id=version_id)
    if version.is_published:
        raise NotADraft(version_id)
    effective_from = effective_from or now
    problems = [problem for problem in lint_terms(terms_of(version)) if problem.severity is Severity.ERROR]
    if effective_from < now:
        problems.append(_starts_in_the_past())
    if problems:
        raise PolicyInvalid(problems)
    newest = _newest(version.policy)
    version.number = (newest.number or 0) + 1 if newest else 1
    version.status = VersionStatus.PUBLISHED
    version.published_at = now
    version.published_by = actor
    version.effective_from = effective_from
    version.save(force_update=True)
    return version


def _newest(policy: Policy) -> PolicyVersion | None:
    return policy.versions.filter(status=VersionStatus.PUBLISHED).order_by("-number").first()


def _starts_in_the_past() -> Problem:
    message = gettext("The version would take effect in the past. Choose a time from now on.")
    return Problem("effective_from_past", Severity.ERROR, message)
