"""Tasks: run once, twice, or after something broke."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from refunds import operations, tasks
from refunds.models import Checkout, Payment, Refund, SandboxRefund
from tests.refunds import builders
from tests.refunds.fake import FakeGateway

pytestmark = pytest.mark.usefixtures("promises")


def three_due() -> list[Refund]:
    payment = builders.payment()
    refunds = [builders.refund(payment, cause=f"cancel:{number}", amount=30_000) for number in range(3)]
    Refund.objects.update(next_at=Now() - timedelta(seconds=1))
    return refunds


def test_due_when_processed() -> None:
    three_due()
    tasks.process_due_refunds()

    assert [refund.status for refund in Refund.objects.all()] == ["processing"] * 3
    assert SandboxRefund.objects.count() == 3


def test_due_when_processed_twice() -> None:
    three_due()
    tasks.process_due_refunds()
    tasks.process_due_refunds()

    assert SandboxRefund.objects.count() == 3


def test_due_when_one_is_poisoned(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    poisoned = three_due()[0]
    real = operations.process_refund

    def process(*, lease: operations.Lease, now: datetime) -> None:
        if lease.refund_id == poisoned.pk:
            raise ZeroDivisionError
        real(lease=lease, now=now)

    monkeypatch.setattr("refunds.tasks.operations.process_refund", process)
    tasks.process_due_refunds()

    assert Refund.objects.filter(status="processing").count() == 2
    assert Refund.objects.get(pk=poisoned.pk).lease_token is not None
    assert f"Refund {poisoned.pk} could not be processed" in caplog.text


def test_due_when_the_run_has_lasted_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    three_due()
    monkeypatch.setattr("refunds.tasks.LONGEST_RUN", 0.0)
    tasks.process_due_refunds()

    assert Refund.objects.filter(status="processing").count() == 1

    tasks.process_due_refunds()

    assert Refund.objects.filter(status="processing").count() == 2


def test_stuck_when_a_worker_died() -> None:
    three_due()
    Refund.objects.update(lease_token=uuid.uuid4(), lease_until=Now() - timedelta(seconds=1))
    tasks.reconcile_stuck_refunds()

    assert Refund.objects.filter(status="processing", lease_token__isnull=True).count() == 3


def test_payment_when_nobody_came_back() -> None:
    asked = builders.checkout(now=timezone.now() - timedelta(minutes=1))
    builders.pay(asked)
    tasks.reconcile_stuck_refunds()
    tasks.reconcile_stuck_refunds()

    assert Payment.objects.get().usable is True
    after = Checkout.objects.get()
    assert after.next_at is not None
    assert after.next_at > timezone.now()


def test_payment_when_it_comes_a_day_late() -> None:
    asked = builders.checkout(now=timezone.now() - timedelta(days=1))
    builders.pay(asked)
    tasks.reconcile_stuck_refunds()

    assert Payment.objects.get().usable is False


def test_sweep_when_three_days_have_passed() -> None:
    builders.checkout(now=timezone.now() - timedelta(days=3))
    tasks.reconcile_stuck_refunds()

    assert (Checkout.objects.get().state, Checkout.objects.get().next_at) == ("expired", None)


def test_sweep_when_one_checkout_is_poisoned(gateway: FakeGateway, caplog: pytest.LogCaptureFixture) -> None:
    builders.payment_at("fake", provider_id="sbx")
    bad = builders.checkout(cause="bad", gateway="fake", now=timezone.now() - timedelta(minutes=2))
    fine = builders.checkout(cause="fine", now=timezone.now() - timedelta(minutes=1))
    gateway.on_checkout = builders.paid_elsewhere()
    builders.pay(fine)
    tasks.reconcile_stuck_refunds()

    assert f"Checkout {bad.pk} could not be swept" in caplog.text
    assert Checkout.objects.get(pk=fine.pk).state == "paid"
