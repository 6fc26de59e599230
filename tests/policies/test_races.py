"""Two people at one draft at the same time, on a database that lets them. Each race is first made to happen."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from policies.errors import NotADraft
from policies.models import PolicyVersion, Tier
from policies.publish import create_draft, publish_version
from tests.policies.admin.people import form_of, staff_client
from tests.policies.make import make_draft, make_policy

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

Answer = TypeVar("Answer")
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def wait_for_a_waiter() -> None:
    """Return once another connection waits for a lock; fail after ten seconds."""
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)
    pytest.fail("nobody waits: the deeds did not meet")


def second_while_first(first: Callable[[], object], second: Callable[[], Answer]) -> Answer:
    """Do the first in a transaction; commit it only once the second, in another connection, waits for it."""

    def other() -> Answer:
        try:
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            later = pool.submit(other)
            wait_for_a_waiter()
        return later.result(timeout=10)


def test_edit_while_it_is_being_published(now: datetime) -> None:
    draft = make_draft(now=now)
    client = staff_client("view_policyversion", "change_policyversion")
    address = reverse("admin:policies_policyversion_change", args=[draft.pk])
    data = form_of(client.get(address)) | {"note": "too late"}

    response = second_while_first(
        lambda: publish_version(version_id=draft.pk, actor="A", now=now), lambda: client.post(address, data)
    )

    assert response.status_code == 403
    assert PolicyVersion.objects.values_list("status", "note").get() == ("published", "")


def test_delete_while_it_is_being_published(now: datetime) -> None:
    draft = make_draft(now=now)
    client = staff_client("view_policyversion", "delete_policyversion")
    address = reverse("admin:policies_policyversion_delete", args=[draft.pk])

    response = second_while_first(
        lambda: publish_version(version_id=draft.pk, actor="A", now=now), lambda: client.post(address, {"post": "yes"})
    )

    assert response.status_code == 403
    assert PolicyVersion.objects.get().status == "published"


def test_publish_while_it_is_being_published(now: datetime) -> None:
    draft = make_draft(now=now)

    with pytest.raises(NotADraft):
        second_while_first(
            lambda: publish_version(version_id=draft.pk, actor="first", now=now),
            lambda: publish_version(version_id=draft.pk, actor="second", now=now),
        )

    assert PolicyVersion.objects.get().published_by == "first"


def test_tier_added_while_it_is_being_published(now: datetime) -> None:
    draft = make_draft(now=now)

    with pytest.raises(IntegrityError, match="never change"):
        second_while_first(
            lambda: publish_version(version_id=draft.pk, actor="A", now=now),
            lambda: Tier.objects.create(version_id=draft.pk, hours=Decimal(6), percent=Decimal(60)),
        )

    assert draft.tiers.count() == 4


def test_draft_made_while_a_draft_is_being_made(now: datetime) -> None:
    policy = make_policy()

    second = second_while_first(
        lambda: create_draft(policy_id=policy.pk, actor="first", now=now),
        lambda: create_draft(policy_id=policy.pk, actor="second", now=now),
    )

    assert (second.drafted_by, PolicyVersion.objects.count()) == ("first", 1)
