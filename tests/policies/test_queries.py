"""Rows become terms; the version in force at a moment."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from policies.errors import NoPolicyInForce
from policies.publish import publish_version
from policies.queries import Timings, terms_of, timings_of, version_in_force
from policies.rules.facts import ActorKind
from policies.rules.terms import CancellationTerms, PriceDifference, RescheduleTerms, Terms, Tier
from tests.policies.make import make_draft, make_policy, make_published, replace_tiers

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)


def test_terms_of_every_field(now: datetime) -> None:
    draft = make_draft(
        now=now,
        cooling_off_hours=Decimal("0.01"),
        window_hours=Decimal("1.5"),
        reason_from_patient=True,
        reason_from_staff=False,
        max_reschedules=3,
        reschedule_window_hours=Decimal(4),
        same_doctor_required=True,
        free_reschedules=2,
        reschedule_fee=999,
        price_difference="fixed_fee",
        keep_tier_after_reschedule=True,
    )
    replace_tiers(draft, ("0", True, "12.5"), ("5.25", False, "100"))

    assert terms_of(draft) == Terms(
        CancellationTerms(
            tiers=(Tier(timedelta(hours=5.25), Decimal(100), inclusive=False), Tier(timedelta(0), Decimal("12.5"))),
            cooling_off=timedelta(seconds=36),
            window=timedelta(hours=1.5),
            reason_required=frozenset({ActorKind.PATIENT, ActorKind.DOCTOR}),
        ),
        RescheduleTerms(
            max_reschedules=3,
            window=timedelta(hours=4),
            same_doctor_required=True,
            free_reschedules=2,
            fee=999,
            price_difference=PriceDifference.FIXED_FEE,
            keep_tier=True,
        ),
    )


def test_terms_of_published_asks_once(now: datetime, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    published = make_published(now=now)

    with django_assert_num_queries(1):
        first = terms_of(published)
    with django_assert_num_queries(0):
        assert terms_of(published) == first


def test_terms_of_draft_follows_its_changes(now: datetime) -> None:
    draft = make_draft(now=now)
    terms_of(draft)
    replace_tiers(draft, ("0", True, "9"))

    assert terms_of(draft).cancellation.tiers == (Tier(timedelta(0), Decimal(9)),)


def test_terms_of_published_are_those_of_the_draft(now: datetime) -> None:
    draft = make_draft(now=now)
    before = terms_of(draft)

    assert terms_of(publish_version(version_id=draft.pk, actor="A", now=now)) == before


def test_timings(now: datetime) -> None:
    draft = make_draft(now=now, slot_release_minutes=65, approval_timeout_hours=Decimal("1.25"), draft_hold_minutes=7)

    assert timings_of(draft) == Timings(
        slot_release=timedelta(minutes=65), approval_timeout=timedelta(minutes=75), draft_hold=timedelta(minutes=7)
    )


def test_in_force_when_it_takes_effect_exactly_now(now: datetime) -> None:
    version = make_published(now=now)

    assert version_in_force(policy_id=version.policy_id, now=now) == version


def test_in_force_when_it_takes_effect_a_microsecond_later(now: datetime) -> None:
    version = make_published(now=now)

    with pytest.raises(NoPolicyInForce) as refused:
        version_in_force(policy_id=version.policy_id, now=now - TICK)

    assert (refused.value.policy_id, refused.value.now) == (version.policy_id, now - TICK)


def test_in_force_when_only_a_draft(now: datetime) -> None:
    with pytest.raises(NoPolicyInForce):
        version_in_force(policy_id=make_draft(now=now).policy_id, now=now)


def test_in_force_when_other_policy_has_one(now: datetime) -> None:
    make_published(now=now)

    with pytest.raises(NoPolicyInForce):
        version_in_force(policy_id=make_policy(name="Other").pk, now=now)


def test_in_force_when_the_next_waits(now: datetime) -> None:
    first = make_published(now=now)
    draft = make_draft(now=now, policy=first.policy)
    start = now + timedelta(days=1)
    second = publish_version(version_id=draft.pk, actor="A", now=now, effective_from=start)

    assert version_in_force(policy_id=first.policy_id, now=start - TICK) == first
    assert version_in_force(policy_id=first.policy_id, now=start) == second


def test_in_force_when_a_later_number_overtakes_a_waiting_one(now: datetime) -> None:
    waiting = make_draft(now=now)
    start = now + timedelta(days=1)
    publish_version(version_id=waiting.pk, actor="A", now=now, effective_from=start)
    newest = make_published(now=now, policy=waiting.policy)

    assert version_in_force(policy_id=waiting.policy_id, now=start) == newest


def test_in_force_asks_once(now: datetime, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    policy = make_published(now=now).policy

    with django_assert_num_queries(1):
        assert version_in_force(policy_id=policy.pk, now=now).policy.currency == "INR"
