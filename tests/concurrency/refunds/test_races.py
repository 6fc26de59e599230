"""Races on a real PostgreSQL, each after a control that shows it when the lock is off."""

import contextlib
import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import IntegrityError, close_old_connections, connection, models, transaction

from refunds import locks, operations, queries
from refunds.errors import CreditTooLow, OverRefund
from refunds.models import Checkout, LedgerEntry, Method, Payment, Refund, RefundEvent, SandboxRefund, Way
from refunds.operations import grant
from tests.refunds import builders

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def all_at_once(deeds: list[Callable[[], object]]) -> list[object]:
    """Run each deed in a thread of its own, started together. Returns results and exceptions in order."""
    results: list[object] = [None] * len(deeds)
    together = threading.Barrier(len(deeds))

    def run(number: int, deed: Callable[[], object]) -> None:
        connection.ensure_connection()
        together.wait(10)
        try:
            results[number] = deed()
        except Exception as error:  # noqa: BLE001 (what went wrong is the result)
            results[number] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row locks become plain reads, and names are free for all."""

    def plain(rows: "models.QuerySet[models.Model]") -> "models.QuerySet[models.Model]":
        return rows.order_by("pk")

    monkeypatch.setattr(locks, "_locked", plain)
    monkeypatch.setattr(locks, "lock_name", lambda **_: None)


@pytest.fixture
def slow_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody has read before anybody writes, as far as the locks let them."""
    gate = threading.Barrier(6)
    real = grant.check_way

    def wait(*, payment: Payment, way: Way, holder: str) -> None:
        real(payment=payment, way=way, holder=holder)
        try:
            gate.wait(0.3)
        except threading.BrokenBarrierError:
            return

    monkeypatch.setattr("refunds.operations.grant.check_way", wait)


def six_partials(payment: Payment) -> list[object]:
    def ask(number: int) -> Callable[[], object]:
        return lambda: builders.refund(payment, cause=f"cancel:{number}", amount=40_000)

    return all_at_once([ask(number) for number in range(6)])


@pytest.mark.usefixtures("no_locks", "slow_writes")
def test_partials_when_lock_is_off() -> None:
    """The control: with nobody locking, somebody passes the check and only the database's constraint stops them."""
    results = six_partials(builders.payment())

    assert any(isinstance(result, IntegrityError) for result in results)
    assert Payment.objects.get().reserved <= 100_000


@pytest.mark.usefixtures("slow_writes")
def test_partials_when_six_race_and_two_fit() -> None:
    results = six_partials(builders.payment())

    assert sum(isinstance(result, Refund) for result in results) == 2
    assert sum(isinstance(result, OverRefund) for result in results) == 4
    assert Payment.objects.get().reserved == 80_000
    assert LedgerEntry.objects.filter(kind="grant").count() == 2
    assert builders.broken_promises() == []


def test_partials_when_repeated_many_times() -> None:
    for number in range(75):
        payment = builders.payment(cause=f"hold:{number}")
        results = all_at_once(
            [
                lambda n=n: builders.refund(payment, cause=f"cancel:{number}:{n}", amount=60_000)  # type: ignore[misc]  # noqa: B023
                for n in range(4)
            ]
        )
        assert sum(isinstance(result, Refund) for result in results) == 1

    assert builders.broken_promises() == []


def test_refund_when_eight_ask_for_the_same() -> None:
    payment = builders.payment()
    results = all_at_once([lambda: builders.refund(payment)] * 8)

    assert len({result.pk for result in results if isinstance(result, Refund)}) == 1
    assert not [result for result in results if isinstance(result, Exception)]
    assert Payment.objects.get().reserved == 75_000
    assert RefundEvent.objects.count() == 1


def due_refund() -> Refund:
    refund = builders.refund(builders.payment())
    Refund.objects.update(next_at=builders.NOW)
    return refund


def claim() -> list[operations.Lease]:
    return operations.claim_due(limit=5)


def test_claim_when_set_without_compare() -> None:
    """The control: workers that read first and write after both believe they hold it."""
    refund = due_refund()
    both_have_read = threading.Barrier(2)

    def careless() -> UUID | None:
        free = Refund.objects.filter(pk=refund.pk, lease_until__isnull=True).exists()
        both_have_read.wait(5)
        return builders.lease(refund).token if free else None

    assert None not in all_at_once([careless, careless])


def test_claim_when_four_workers_race() -> None:
    for _ in range(20):
        refund = due_refund() if not Refund.objects.exists() else Refund.objects.get()
        Refund.objects.update(lease_until=None, lease_token=None, next_at=builders.NOW)
        results = all_at_once([claim] * 4)

        assert sorted(len(leases) for leases in results) == [0, 0, 0, 1]  # type: ignore[arg-type]
        assert refund.pk is not None


def work_once() -> None:
    for lease in claim():
        operations.process_refund(lease=lease, now=builders.NOW)


def test_refund_when_four_workers_race() -> None:
    refund = due_refund()
    results = all_at_once([work_once] * 4)

    assert results == [None] * 4
    assert SandboxRefund.objects.count() == 1
    assert builders.attempt(refund).sends == 1
    assert builders.broken_promises() == []


def test_success_when_four_tell_it() -> None:
    refund = due_refund()
    builders.work(refund)
    builders.settle_at_the_sandbox()
    fact = operations.process.GATEWAYS["sandbox"].fetch_refund(SandboxRefund.objects.get().pk)  # type: ignore[attr-defined]
    attempt = builders.attempt(refund)
    results = all_at_once(
        [lambda: operations.apply_outcome(attempt_id=attempt.pk, fact=fact, now=builders.NOW, actor="hook")] * 4
    )

    assert not [result for result in results if isinstance(result, Exception)]
    assert LedgerEntry.objects.filter(kind="paid").count() == 1
    assert RefundEvent.objects.filter(to_status="completed").count() == 1
    assert builders.broken_promises() == []


def test_retry_when_six_press_it() -> None:
    refund = builders.refund(builders.payment(), amount=75_011)
    builders.work(refund)
    results = all_at_once([lambda: operations.retry(refund_id=refund.pk, actor="staff:1", now=builders.NOW)] * 6)

    assert not [result for result in results if isinstance(result, Exception)]
    assert refund.attempts.count() == 2
    assert builders.broken_promises() == []


def test_cash_when_two_confirm_it() -> None:
    refund = builders.refund(builders.by_hand(), way=Way.CASH)
    results = all_at_once(
        [lambda: operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="C-7", now=builders.NOW)] * 2
    )

    assert not [result for result in results if isinstance(result, Exception)]
    assert LedgerEntry.objects.filter(kind="paid").count() == 1


def spend(number: int) -> Callable[[], object]:
    return lambda: builders.by_hand(
        method=Method.CREDIT, amount=60_000, holder="patient:1", reference=f"visit:{number}"
    )


@pytest.fixture
def slow_spending(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody has seen the balance before anybody spends, as far as the locks let them."""
    gate = threading.Barrier(4)
    real = queries.credit_balance

    def wait(**arguments: str) -> int:
        balance = real(**arguments)
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(0.3)
        return balance

    monkeypatch.setattr("refunds.queries.credit_balance", wait)


def credit() -> None:
    builders.refund(builders.payment(), way=Way.CREDIT, holder="patient:1")


@pytest.mark.usefixtures("no_locks", "slow_spending")
def test_credit_when_lock_is_off() -> None:
    """The control: the same credit is spent four times."""
    credit()
    results = all_at_once([spend(number) for number in range(4)])

    assert sum(isinstance(result, Payment) for result in results) > 1


@pytest.mark.usefixtures("slow_spending")
def test_credit_when_four_spend_it() -> None:
    credit()
    results = all_at_once([spend(number) for number in range(4)])

    assert sum(isinstance(result, Payment) for result in results) == 1
    assert sum(isinstance(result, CreditTooLow) for result in results) == 3


def test_checkout_when_four_open_it() -> None:
    results = all_at_once([builders.checkout] * 4)

    assert not [result for result in results if isinstance(result, Exception)]
    assert Checkout.objects.count() == 1


def test_capture_when_page_webhook_and_sweep_race() -> None:
    asked = builders.checkout()
    builders.pay(asked)
    results = all_at_once([lambda: operations.capture_from_gateway(checkout_id=asked.pk, now=builders.NOW)] * 4)

    assert not [result for result in results if isinstance(result, Exception)]
    assert Payment.objects.count() == 1
    assert LedgerEntry.objects.count() == 1


def test_manual_payment_when_posted_four_times() -> None:
    results = all_at_once([builders.by_hand] * 4)

    assert not [result for result in results if isinstance(result, Exception)]
    assert Payment.objects.count() == 1


def test_refund_when_asked_while_paid_by_a_worker() -> None:
    """Different rows of one payment, locked in the same order: nobody deadlocks."""
    payment = builders.payment()
    first = builders.refund(payment, amount=10_000)

    def grant(number: int) -> Callable[[], object]:
        return lambda: builders.refund(payment, cause=f"cancel:x{number}", amount=10_000)

    results = all_at_once([lambda: builders.work(first), *[grant(number) for number in range(5)]])

    assert not [result for result in results if isinstance(result, Exception)]
    assert Payment.objects.get().reserved == 60_000
    with transaction.atomic():
        assert locks.lock_refund(refund_id=first.pk).status == "processing"
    assert builders.broken_promises() == []
