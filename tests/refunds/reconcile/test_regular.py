"""Open refunds, every few hours."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from refunds import operations, tasks
from refunds.models import Incident, Refund, RefundAttempt
from refunds.reconcile.regular import PENDING_TOO_LONG, reread_open_refunds
from tests.refunds import builders
from tests.refunds.fake import fact
from tests.refunds.reconcile.account import Account, sent

pytestmark = pytest.mark.usefixtures("promises")


def due() -> int:
    return len(operations.claim_due(limit=10))


@pytest.mark.parametrize("in_hours", [6, None])
def test_open_when_its_time_is_far_or_forgotten(account: Account, in_hours: int | None) -> None:
    sent(account)
    Refund.objects.update(next_at=in_hours and Now() + timedelta(hours=in_hours))

    assert (due(), reread_open_refunds(now=timezone.now()), due()) == (0, 1, 1)


def test_open_when_due_already(account: Account) -> None:
    sent(account)
    Refund.objects.update(next_at=Now() - timedelta(hours=1))

    assert reread_open_refunds(now=timezone.now()) == 0


def test_open_when_a_person_holds_it(account: Account) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    builders.take(refund)
    account.found = (fact(amount=1),)
    builders.work(refund)

    assert reread_open_refunds(now=timezone.now()) == 0
    assert Refund.objects.get().next_at is None


def test_settled_when_watched(account: Account) -> None:
    account.on_send = fact("succeeded")
    refund = builders.refund(builders.payment_at("fake"))
    builders.work(refund)

    assert reread_open_refunds(now=timezone.now()) == 0


def test_pending_when_for_days(account: Account) -> None:
    refund = sent(account)
    RefundAttempt.objects.update(first_sent_at=timezone.now() - PENDING_TOO_LONG - timedelta(minutes=1))
    tasks.reread_open_refunds()
    tasks.reread_open_refunds()

    assert [(one.kind, one.refund) for one in Incident.objects.all()] == [("still_pending", refund)]
    assert Refund.objects.get().status == "processing"


def test_pending_when_not_for_long(account: Account) -> None:
    sent(account)
    RefundAttempt.objects.update(first_sent_at=timezone.now() - PENDING_TOO_LONG + timedelta(minutes=1))
    tasks.reread_open_refunds()

    assert Incident.objects.count() == 0
