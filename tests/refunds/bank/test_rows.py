"""Rows of bank files: what comes back is owed again, and nothing else pays what the bank may pay."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from refunds import operations
from refunds.bank import batches
from refunds.bank.errors import AtTheBank, WrongBatchState
from refunds.errors import ReasonMissing, RefundError
from refunds.models import BankBatch, Refund
from tests.refunds.bank.accounts import A_DAY, OTHER, give, payable
from tests.refunds.bank.files import NOW, WHO, attempts, bring_back, execute, make, released, row_states, status

pytestmark = pytest.mark.usefixtures("promises")


@pytest.mark.parametrize("is_executed", [True, False])
def test_row_when_it_comes_back(is_executed: bool) -> None:  # noqa: FBT001
    refund = payable()
    batch = released()
    if is_executed:
        execute(batch)
    bring_back()
    bring_back()
    fresh = Refund.objects.get()

    assert (fresh.status, fresh.reason_code, fresh.reason_text) == ("failed", "returned_by_bank", "No such account")
    assert row_states() == ["returned"]
    assert attempts(refund) == [f"bank_transfer {'returned' if is_executed else 'rejected'}"]


def test_row_when_it_comes_back_and_is_paid_again() -> None:
    refund = payable()
    execute(released())
    bring_back()
    give(refund, OTHER)
    later = NOW + A_DAY
    batch = make(now=later)

    assert batch.rows.get().end_to_end_id == f"{refund.pk.hex}002"
    assert attempts(refund) == ["bank_transfer returned", "bank_transfer ready"]


def test_other_rows_when_one_comes_back_first() -> None:
    payable(cause="cancel:1")
    payable(cause="cancel:2")
    batch = released()
    back = bring_back()
    execute(batch)

    assert sorted(row_states()) == ["paid", "returned"]
    assert status(back) == "failed"
    assert Refund.objects.exclude(pk=back.pk).get().status == "completed"


@pytest.mark.parametrize(("reason", "error"), [(" ", ReasonMissing), ("Why", WrongBatchState)])
def test_row_when_its_return_is_refused(reason: str, error: type[RefundError]) -> None:
    refund = payable()
    make()

    with pytest.raises(error):
        bring_back(reason)
    assert (status(refund), row_states()) == ("pending", ["listed"])


def test_transfer_when_returned_at_the_desk() -> None:
    refund = payable()
    execute(released())
    operations.mark_returned(refund_id=refund.pk, reason_text="Seen on the statement", **WHO)

    assert row_states() == ["returned"]


def confirm(refund: Refund) -> None:
    operations.confirm_by_hand(refund_id=refund.pk, evidence="T-1", **WHO)


def fail(refund: Refund) -> None:
    operations.mark_failed(refund_id=refund.pk, reason_code="by_hand", reason_text="x", **WHO)


def change_details(refund: Refund) -> None:
    give(refund, OTHER)


@pytest.mark.parametrize("deed", [confirm, fail, change_details])
def test_deed_when_the_bank_may_pay(deed: Callable[[Refund], None]) -> None:
    refund = payable()
    released()

    with pytest.raises(AtTheBank):
        deed(refund)
    assert (status(refund), attempts(refund), refund.payees.count()) == ("pending", ["bank_transfer ready"], 1)


@pytest.mark.parametrize(
    ("sql", "guard"),
    [
        ("UPDATE refunds_bankbatch SET sealed = 'x'", "refunds_bankbatch_file_is_fixed"),
        ("UPDATE refunds_bankbatch SET sha256 = 'x'", "refunds_bankbatch_file_is_fixed"),
        ("UPDATE refunds_bankbatch SET state = 'executed'", "refunds_bankbatch_legal_edges"),
        ("UPDATE refunds_bankbatchrow SET amount = 1", "refunds_bankbatchrow_row_is_fixed"),
        ("UPDATE refunds_bankbatchrow SET state = 'unknown'", "refunds_bankbatchrow_legal_edges"),
        ("DELETE FROM refunds_bankbatchrow", "refunds_bankbatchrow_no_delete"),
        ("DELETE FROM refunds_bankbatch", "refunds_bankbatch_no_delete"),
    ],
)
def test_batch_when_tampered_with(sql: str, guard: str) -> None:
    payable()
    make()

    with pytest.raises(IntegrityError, match=guard), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert (BankBatch.objects.get().state, row_states()) == ("made", ["listed"])


def test_row_when_it_is_void() -> None:
    refund = payable()
    void = batches.void_batch(batch_id=released().pk, reason="Never sent", **WHO)
    payable(cause="cancel:2")
    execute(released())

    with pytest.raises(WrongBatchState):
        batches.return_row(row_id=void.rows.get().pk, reason="x", **WHO)
    assert status(refund) == "completed"
