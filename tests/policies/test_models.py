"""What the database itself promises about policies."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from policies.models import Policy, PolicyVersion, Tier
from tests.policies.make import make_draft, make_policy, make_published, tier_rows

pytestmark = pytest.mark.django_db


def refused(deed: Callable[[], object], promise: str) -> None:
    with pytest.raises(IntegrityError, match=promise), transaction.atomic():
        deed()


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("cooling_off_hours", Decimal("-0.01"), "version_cooling_off_range"),
        ("cooling_off_hours", Decimal("8784.01"), "version_cooling_off_range"),
        ("window_hours", Decimal("-0.01"), "version_window_range"),
        ("window_hours", Decimal("8784.01"), "version_window_range"),
        ("slot_release_minutes", 10081, "version_slot_release_range"),
        ("approval_timeout_hours", Decimal(0), "version_approval_timeout_range"),
        ("approval_timeout_hours", Decimal("8784.01"), "version_approval_timeout_range"),
        ("draft_hold_minutes", 0, "version_draft_hold_range"),
        ("draft_hold_minutes", 1441, "version_draft_hold_range"),
        ("max_reschedules", 101, "version_max_reschedules_range"),
        ("reschedule_window_hours", Decimal("-0.01"), "version_reschedule_window_range"),
        ("free_reschedules", 101, "version_free_reschedules_range"),
        ("reschedule_fee", 10**15 + 1, "version_reschedule_fee_range"),
        ("price_difference", "keep_it", "version_price_difference_known"),
        ("status", "withdrawn", "version_published_is_complete"),
        ("status", "published", "version_published_is_complete"),
        ("number", 1, "version_published_is_complete"),
        ("published_by", "Asha", "version_published_is_complete"),
    ],
)
def test_version_when_out_of_range(now: datetime, field: str, value: Any, constraint: str) -> None:
    draft = make_draft(now=now)
    before = getattr(draft, field)

    refused(lambda: PolicyVersion.objects.filter(pk=draft.pk).update(**{field: value}), constraint)

    assert getattr(PolicyVersion.objects.get(pk=draft.pk), field) == before


def test_version_when_in_force_before_published(now: datetime) -> None:
    draft = make_draft(now=now)
    facts = {"status": "published", "number": 1, "published_by": "A", "published_at": now}

    refused(
        lambda: PolicyVersion.objects.filter(pk=draft.pk).update(**facts, effective_from=now - timedelta(seconds=1)),
        "version_published_is_complete",
    )


def test_version_when_nobody_published_it(now: datetime) -> None:
    draft = make_draft(now=now)
    facts = {"status": "published", "number": 1, "published_at": now, "effective_from": now}

    refused(lambda: PolicyVersion.objects.filter(pk=draft.pk).update(**facts), "version_published_is_complete")


def test_version_when_second_draft(now: datetime) -> None:
    draft = make_draft(now=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.create(policy=draft.policy, drafted_at=now, drafted_by="Asha")

    assert draft.policy.versions.count() == 1


def test_version_when_number_taken(now: datetime) -> None:
    first = make_published(now=now)
    draft = make_draft(now=now, policy=first.policy)
    facts = {"status": "published", "number": 1, "published_by": "A", "published_at": now, "effective_from": now}

    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=draft.pk).update(**facts)

    assert PolicyVersion.objects.get(pk=draft.pk).number is None


@pytest.mark.parametrize(
    ("hours", "percent", "constraint"),
    [
        (Decimal("-0.01"), Decimal(1), "tier_hours_range"),
        (Decimal("8784.01"), Decimal(1), "tier_hours_range"),
        (Decimal(1), Decimal("-0.01"), "tier_percent_range"),
        (Decimal(1), Decimal("100.01"), "tier_percent_range"),
    ],
)
def test_tier_when_out_of_range(now: datetime, hours: Decimal, percent: Decimal, constraint: str) -> None:
    draft = make_draft(now=now)

    refused(lambda: Tier.objects.create(version=draft, hours=hours, percent=percent), constraint)

    assert draft.tiers.count() == 4


def test_tier_when_hours_taken(now: datetime) -> None:
    draft = make_draft(now=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        Tier.objects.create(version=draft, hours=Decimal(12), percent=Decimal(1), inclusive=False)

    assert draft.tiers.count() == 4


def test_policy_when_currency_unknown() -> None:
    refused(lambda: Policy.objects.create(name="A", currency="ABC"), "policy_currency_known")


def test_policy_when_name_taken() -> None:
    make_policy(name="Same")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_policy(name="Same")


# A published version is frozen. Each deed is raw: no code of ours stands before the database.
FROZEN = "never change"
DEEDS = {
    "update a version": "UPDATE policies_policyversion SET window_hours = 7 WHERE id = {version}",
    "unpublish a version": "UPDATE policies_policyversion SET status = 'draft' WHERE id = {version}",
    "note on a version": "UPDATE policies_policyversion SET note = 'x' WHERE id = {version}",
    "delete a version": "DELETE FROM policies_policyversion WHERE id = {version}",
    "update a tier": "UPDATE policies_tier SET percent = 1 WHERE version_id = {version}",
    "move a tier away": "UPDATE policies_tier SET version_id = {draft}, hours = 77 WHERE version_id = {version}",
    "move a tier in": "UPDATE policies_tier SET version_id = {version}, hours = hours + 77 WHERE version_id = {draft}",
    "delete a tier": "DELETE FROM policies_tier WHERE version_id = {version}",
    "add a tier": "INSERT INTO policies_tier (version_id, hours, percent, inclusive) VALUES ({version}, 7, 7, {true})",
    "change the currency": "UPDATE policies_policy SET currency = 'JPY' WHERE id = {policy}",
}
SQLITE_DEEDS = {
    "replace a tier": "INSERT OR REPLACE INTO policies_tier (id, version_id, hours, percent, inclusive) "
    "VALUES ({tier}, {draft}, 7, 7, 1)",
    "replace a version": "INSERT OR REPLACE INTO policies_policyversion SELECT * FROM policies_policyversion "
    "WHERE id = {version}",
}
POSTGRES_DEEDS = {
    "truncate the tiers": "TRUNCATE policies_tier CASCADE",
    "truncate the versions": "TRUNCATE policies_policyversion CASCADE",
}

ON_POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
DEEDS |= POSTGRES_DEEDS if ON_POSTGRES else SQLITE_DEEDS


@pytest.mark.parametrize("deed", DEEDS)
def test_published_when_sql_tries_to(now: datetime, deed: str) -> None:
    version = make_published(now=now)
    draft = make_draft(now=now, policy=version.policy)
    names = {"version": version.pk, "draft": draft.pk, "tier": version.tiers.get(hours=12).pk}
    sql = DEEDS[deed].format(**names, policy=version.policy_id, true="true" if ON_POSTGRES else "1")
    before = PolicyVersion.objects.filter(pk=version.pk).values().get()
    tiers = tier_rows(version)
    connection.check_constraints()  # PostgreSQL truncates nothing while foreign keys wait to be checked

    def execute() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    refused(execute, FROZEN)

    assert PolicyVersion.objects.filter(pk=version.pk).values().get() == before
    assert tier_rows(version) == tiers
    assert Policy.objects.get().currency == "INR"


def test_draft_can_be_changed_and_deleted(now: datetime) -> None:
    published = make_published(now=now)
    draft = make_draft(now=now, policy=published.policy)
    Tier.objects.filter(version=draft, hours=0).update(percent=3)
    PolicyVersion.objects.filter(pk=draft.pk).update(note="x")

    draft.delete()

    assert list(published.policy.versions.all()) == [published]


def test_currency_can_change_when_only_a_draft(now: datetime) -> None:
    policy = make_draft(now=now).policy
    Policy.objects.filter(pk=policy.pk).update(currency="JPY")

    assert Policy.objects.get(pk=policy.pk).currency == "JPY"


def test_policy_can_be_renamed_when_published(now: datetime) -> None:
    policy = make_published(now=now).policy
    Policy.objects.filter(pk=policy.pk).update(name="New name", description="x")

    assert Policy.objects.get(pk=policy.pk).name == "New name"


def test_words_of_rows(now: datetime) -> None:
    published = make_published(now=now)
    draft = make_draft(now=now, policy=published.policy)

    assert [str(row) for row in (published.policy, published, draft)] == [
        "Standard",
        "Standard, version 1",
        "Standard, draft",
    ]
    assert str(draft.tiers.get(hours=12)) == "12.00 h: 75.00 %"


@pytest.mark.django_db(transaction=True)
def test_triggers_when_migrated_back_and_forth(now: datetime) -> None:
    call_command("migrate", "policies", "0001", verbosity=0)
    try:
        version = make_published(now=now)
        PolicyVersion.objects.filter(pk=version.pk).update(note="thawed")
    finally:
        call_command("migrate", verbosity=0)  # what stands on the policies went back with them

    refused(lambda: PolicyVersion.objects.filter(pk=version.pk).update(note="frozen"), FROZEN)
    assert PolicyVersion.objects.get(pk=version.pk).note == "thawed"
