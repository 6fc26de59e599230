"""Claiming: one worker a refund, by the database's clock."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from refunds import operations
from refunds.models import Refund, Way
from refunds.operations.claim import release, still_held
from tests.refunds import builders

pytestmark = pytest.mark.usefixtures("promises")
MINUTE = timedelta(minutes=1)


def due() -> Refund:
    refund = builders.refund(builders.payment())
    Refund.objects.update(next_at=Now() - MINUTE)
    return refund


def test_claim_when_due() -> None:
    refund = due()
    leases = operations.claim_due(limit=5)

    assert [lease.refund_id for lease in leases] == [refund.pk]
    assert still_held(lease=leases[0]) is True


def test_claim_when_already_claimed() -> None:
    due()
    operations.claim_due(limit=5)

    assert operations.claim_due(limit=5) == []


def test_claim_when_not_due_yet() -> None:
    builders.refund(builders.payment())
    Refund.objects.update(next_at=Now() + MINUTE)

    assert operations.claim_due(limit=5) == []


def test_claim_when_nothing_is_left_to_do() -> None:
    builders.refund(builders.by_hand(), way=Way.CASH)

    assert operations.claim_due(limit=5) == []


def test_claim_when_another_worker_was_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    refund = due()
    free = Refund.objects.all()
    operations.claim_due(limit=1)
    taken = iter([free, Refund.objects.filter(lease_until__isnull=True)])
    monkeypatch.setattr("refunds.operations.claim._due", lambda: next(taken))

    assert operations.claim_due(limit=1) == []
    assert Refund.objects.get().pk == refund.pk


def test_claim_when_another_worker_took_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = builders.payment()
    refunds = [builders.refund(payment, cause=f"cancel:{number}", amount=30_000) for number in range(3)]
    Refund.objects.update(next_at=Now() - MINUTE)
    [lost] = operations.claim_due(limit=1)
    Refund.objects.filter(pk=lost.refund_id).update(next_at=Now() - 2 * MINUTE)
    taken = iter([Refund.objects.all(), *[Refund.objects.filter(lease_until__isnull=True)] * 3])
    monkeypatch.setattr("refunds.operations.claim._due", lambda: next(taken))

    [lease] = operations.claim_due(limit=1)

    assert lease.refund_id in {refund.pk for refund in refunds} - {lost.refund_id}


def test_claim_when_the_worker_died() -> None:
    due()
    first = operations.claim_due(limit=1)[0]
    Refund.objects.update(lease_until=Now() - MINUTE)
    second = operations.claim_due(limit=1)[0]

    assert still_held(lease=first) is False
    assert still_held(lease=second) is True


def test_release_when_somebody_else_holds_it() -> None:
    due()
    first = operations.claim_due(limit=1)[0]
    Refund.objects.update(lease_until=Now() - MINUTE)
    second = operations.claim_due(limit=1)[0]
    release(lease=first)

    assert still_held(lease=second) is True


def test_release_when_held() -> None:
    due()
    release(lease=operations.claim_due(limit=1)[0])

    assert Refund.objects.get().lease_until is None


def test_expired_leases_when_released() -> None:
    due()
    operations.claim_due(limit=1)
    assert operations.release_expired_leases() == 0

    Refund.objects.update(lease_until=Now() - MINUTE)
    assert operations.release_expired_leases() == 1
    assert Refund.objects.get().lease_token is None


def test_claim_when_lease_is_as_long_as_set() -> None:
    due()
    lease = operations.claim_due(limit=1)[0]
    held = Refund.objects.filter(pk=lease.refund_id)

    assert held.filter(lease_until__gt=Now() + timedelta(seconds=80)).exists() is True
    assert held.filter(lease_until__gt=Now() + timedelta(seconds=100)).exists() is False
