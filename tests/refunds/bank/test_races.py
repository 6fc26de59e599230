"""Races on a real PostgreSQL, the first after a control that shows it when the lock is off."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, close_old_connections, connection, models

from refunds import locks, operations
from refunds.bank import batches, queries
from refunds.errors import RefundError
from refunds.models import BankBatch, BankBatchRow, LedgerEntry, Refund
from tests.refunds import builders
from tests.refunds.bank.accounts import OTHER, give, payable

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


def make(number: int) -> BankBatch:
    return batches.make_batch(currency="INR", file_format="neft", actor=f"staff:{number}", now=builders.NOW)


@pytest.fixture
def slow_makers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody has looked for a standing file before anybody writes one, as far as the locks let them."""
    gate = threading.Barrier(4)
    patience = 20 if "no_locks" in request.fixturenames else 0.5  # behind a lock they never meet
    real = queries.open_batch

    def look(**kwargs: Any) -> BankBatch | None:
        found = real(**kwargs)
        try:
            gate.wait(patience)
        except threading.BrokenBarrierError:
            return found
        return found

    monkeypatch.setattr("refunds.bank.queries.open_batch", look)


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(rows: "models.QuerySet[models.Model]") -> "models.QuerySet[models.Model]":
        return rows.order_by("pk")

    monkeypatch.setattr(locks, "_locked", plain)
    monkeypatch.setattr(locks, "lock_name", lambda **_: None)


@pytest.mark.usefixtures("slow_makers", "no_locks")
def test_makers_when_locks_are_off() -> None:
    """The control: only the database's constraint keeps the second file out."""
    payable()
    results = all_at_once([lambda n=n: make(n) for n in range(4)])  # type: ignore[misc]

    assert any(isinstance(result, IntegrityError) for result in results)
    assert BankBatch.objects.count() == 1


@pytest.mark.usefixtures("slow_makers")
def test_makers_when_four_press_at_once() -> None:
    for number in range(3):
        payable(cause=f"cancel:{number}")
    results = all_at_once([lambda n=n: make(n) for n in range(4)])  # type: ignore[misc]

    assert {getattr(result, "pk", result) for result in results} == {BankBatch.objects.get().pk}
    assert BankBatchRow.objects.count() == 3


def test_file_when_the_desk_confirms_at_the_same_moment() -> None:
    for number in range(20):
        refund = payable(cause=f"cancel:{number}")

        def confirm(refund: Refund = refund) -> Refund:
            return operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="T-1", now=builders.NOW)

        all_at_once([lambda: make(1), confirm])
        in_file = BankBatchRow.objects.filter(refund=refund, state="listed").exists()
        is_paid = Refund.objects.get(pk=refund.pk).status == "completed"
        assert in_file is not is_paid
        for batch in BankBatch.objects.filter(state="made"):
            batches.void_batch(batch_id=batch.pk, reason="next round", actor="staff:1", now=builders.NOW)


def test_file_when_the_patient_changes_details_at_the_same_moment() -> None:
    for number in range(20):
        refund = payable(cause=f"cancel:{number}")

        def change(refund: Refund = refund) -> object:
            return give(refund, OTHER)

        changed = all_at_once([lambda: make(1), change])[1]
        row = BankBatchRow.objects.filter(refund=refund, state="listed").select_related("payee").first()
        assert (row is None) is not isinstance(changed, RefundError)
        for batch in BankBatch.objects.filter(state="made"):
            batches.void_batch(batch_id=batch.pk, reason="next round", actor="staff:1", now=builders.NOW)


def test_execution_when_said_four_times_at_once() -> None:
    payable()
    batch = batches.release_batch(batch_id=make(1).pk, actor="staff:2", now=builders.NOW)

    def execute() -> BankBatch:
        return batches.mark_executed(batch_id=batch.pk, evidence="S-7", actor="staff:2", now=builders.NOW)

    assert {getattr(result, "state", result) for result in all_at_once([execute] * 4)} == {"executed"}
    assert LedgerEntry.objects.filter(kind="paid").count() == 1
    assert builders.broken_promises() == []
