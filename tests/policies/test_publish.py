"""Drafts become versions."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ObjectDoesNotExist

from policies.errors import NotADraft, PolicyInvalid
from policies.models import Policy, PolicyVersion
from policies.publish import create_draft, publish_version
from tests.policies.make import make_draft, make_policy, make_published, replace_tiers, tier_rows

pytestmark = pytest.mark.django_db

LATER = timedelta(days=7)


def test_create_draft_when_first(now: datetime) -> None:
    draft = create_draft(policy_id=make_policy(currency="JPY").pk, actor="Asha", now=now)

    assert (draft.number, draft.status, draft.drafted_by, draft.drafted_at) == (None, "draft", "Asha", now)
    assert tier_rows(draft) == [
        (Decimal(24), False, Decimal(100)),
        (Decimal(12), True, Decimal(75)),
        (Decimal(2), True, Decimal(50)),
        (Decimal(0), True, Decimal(0)),
    ]


def test_create_draft_when_first_has_the_default_terms(now: datetime) -> None:
    draft = PolicyVersion.objects.get(pk=create_draft(policy_id=make_policy().pk, actor="Asha", now=now).pk)

    assert (draft.cooling_off_hours, draft.window_hours) == (Decimal(24), Decimal(0))
    assert (draft.reason_from_patient, draft.reason_from_staff, draft.reason_from_doctor) == (False, True, True)
    assert (draft.max_reschedules, draft.free_reschedules, draft.reschedule_fee) == (2, 1, 100_00)
    assert (draft.reschedule_window_hours, draft.same_doctor_required) == (Decimal(2), False)
    assert (draft.price_difference, draft.keep_tier_after_reschedule) == ("charge_difference", False)


@pytest.mark.parametrize(("currency", "fee"), [("JPY", 100), ("INR", 10_000), ("KWD", 100_000), ("CLF", 1_000_000)])
def test_default_fee_is_a_hundred_whole_units(now: datetime, currency: str, fee: int) -> None:
    assert make_draft(now=now, policy=make_policy(currency=currency)).reschedule_fee == fee


def test_create_draft_when_there_is_one_returns_it_unchanged(now: datetime) -> None:
    draft = make_draft(now=now, window_hours=3)

    again = create_draft(policy_id=draft.policy_id, actor="Bela", now=now + LATER)

    assert (again.pk, again.drafted_by, again.window_hours) == (draft.pk, "Asha", Decimal(3))


def test_create_draft_when_published_before_copies_the_newest(now: datetime) -> None:
    first = make_published(now=now)
    draft = make_draft(now=now, policy=first.policy, window_hours=3, price_difference="fixed_fee", reschedule_fee=7)
    replace_tiers(draft, ("1", True, "10"), ("0", True, "5"))
    publish_version(version_id=draft.pk, actor="Asha", now=now)

    copy = create_draft(policy_id=first.policy_id, actor="Bela", now=now)

    assert (copy.window_hours, copy.price_difference, copy.reschedule_fee) == (Decimal(3), "fixed_fee", 7)
    assert tier_rows(copy) == [(Decimal(1), True, Decimal(10)), (Decimal(0), True, Decimal(5))]
    assert (copy.number, copy.effective_from, copy.drafted_by, copy.note) == (None, None, "Bela", "")


def test_create_draft_copies_every_term(now: datetime) -> None:
    changes: dict[str, Any] = {
        "cooling_off_hours": Decimal("1.25"),
        "window_hours": Decimal(3),
        "reason_from_patient": True,
        "reason_from_staff": False,
        "reason_from_doctor": False,
        "slot_release_minutes": 60,
        "approval_timeout_hours": Decimal(4),
        "draft_hold_minutes": 5,
        "max_reschedules": 6,
        "reschedule_window_hours": Decimal(7),
        "same_doctor_required": True,
        "free_reschedules": 3,
        "reschedule_fee": 9,
        "price_difference": "credit_difference",
        "keep_tier_after_reschedule": True,
    }
    published = make_published(now=now, **changes)

    copy = create_draft(policy_id=published.policy_id, actor="Asha", now=now)

    assert {name: getattr(copy, name) for name in changes} == changes


def test_create_draft_when_policy_unknown(now: datetime) -> None:
    with pytest.raises(Policy.DoesNotExist):
        create_draft(policy_id=404, actor="Asha", now=now)


def test_publish(now: datetime) -> None:
    draft = make_draft(now=now)

    published = publish_version(version_id=draft.pk, actor="Bela", now=now)

    stored = PolicyVersion.objects.get(pk=draft.pk)
    assert published == stored
    assert (stored.number, stored.status, stored.published_by) == (1, "published", "Bela")
    assert (stored.published_at, stored.effective_from) == (now, now)


def test_publish_when_second_takes_the_next_number(now: datetime) -> None:
    first = make_published(now=now)

    assert make_published(now=now, policy=first.policy).number == 2


def test_publish_when_other_policy_starts_at_one(now: datetime) -> None:
    make_published(now=now)

    assert make_published(now=now, policy=make_policy(name="Other")).number == 1


def test_publish_when_it_takes_effect_later(now: datetime) -> None:
    draft = make_draft(now=now)

    assert publish_version(version_id=draft.pk, actor="A", now=now, effective_from=now + LATER).effective_from == (
        now + LATER
    )


def test_publish_when_effective_from_has_passed(now: datetime) -> None:
    draft = make_draft(now=now)

    with pytest.raises(PolicyInvalid) as refused:
        publish_version(version_id=draft.pk, actor="A", now=now, effective_from=now - timedelta(microseconds=1))

    assert [problem.code for problem in refused.value.problems] == ["effective_from_past"]
    assert PolicyVersion.objects.get(pk=draft.pk).status == "draft"


def test_publish_when_lint_finds_errors(now: datetime) -> None:
    draft = make_draft(now=now)
    replace_tiers(draft, ("12", True, "75"), ("24", True, "50"))

    with pytest.raises(PolicyInvalid) as refused:
        publish_version(version_id=draft.pk, actor="A", now=now)

    assert [problem.code for problem in refused.value.problems] == ["rising_percent", "hole"]
    stored = PolicyVersion.objects.get(pk=draft.pk)
    assert (stored.status, stored.number, stored.published_at) == ("draft", None, None)


def test_publish_when_lint_only_warns(now: datetime) -> None:
    draft = make_draft(now=now, cooling_off_hours=1000)

    assert publish_version(version_id=draft.pk, actor="A", now=now).number == 1


def test_publish_when_published_before(now: datetime) -> None:
    published = make_published(now=now)

    with pytest.raises(NotADraft) as refused:
        publish_version(version_id=published.pk, actor="Bela", now=now + LATER)

    assert refused.value.version_id == published.pk
    assert PolicyVersion.objects.get(pk=published.pk).published_by == "Asha"


def test_publish_when_version_unknown(now: datetime) -> None:
    with pytest.raises(ObjectDoesNotExist):
        publish_version(version_id=404, actor="A", now=now)


def test_uid_is_new_in_a_copy(now: datetime) -> None:
    published = make_published(now=now)
    copy = make_draft(now=now, policy=published.policy)

    assert isinstance(copy.uid, UUID)
    assert copy.uid != published.uid


def test_now_is_kept_to_the_microsecond() -> None:
    moment = datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=UTC)

    assert PolicyVersion.objects.get(pk=make_published(now=moment).pk).effective_from == moment
