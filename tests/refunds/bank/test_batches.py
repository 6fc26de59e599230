"""Bank files: made once, the same bytes for ever, paid on the bank's word, reopened row by row."""

import hashlib
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from refunds import operations
from refunds.bank import batches, queries
from refunds.bank.errors import NothingToPay, SamePerson, UnknownFormat, UnreadableDetails, WrongBatchState
from refunds.errors import EvidenceMissing, ReasonMissing, RefundError
from refunds.models import BankBatch, BankBatchRow, LedgerEntry, Way
from tests.refunds import builders
from tests.refunds.bank.accounts import A_DAY, OTHER, give, payable, transfer
from tests.refunds.bank.files import NOW, WHO, execute, make, released, row_states, status

pytestmark = pytest.mark.usefixtures("promises")


def test_batch_when_made() -> None:
    first, second = payable(cause="cancel:1", amount=75_000), payable(cause="cancel:2", amount=5_000)
    batch = batches.release_batch(batch_id=make().pk, **WHO)
    content = batches.file_bytes(batch=batch)

    assert batch.amount == 80_000
    assert set(BankBatchRow.objects.values_list("refund_id", "end_to_end_id", "amount", "state")) == {
        (first.pk, f"{first.pk.hex}001", 75_000, "listed"),
        (second.pk, f"{second.pk.hex}001", 5_000, "listed"),
    }
    assert batch.sha256 == hashlib.sha256(content).hexdigest()
    assert sorted(content.decode().splitlines()) == sorted(
        [
            "Beneficiary Name,Beneficiary Account Number,IFSC Code,Amount,Payment Reference",
            f"Meera Shah,004501536819,HDFC0001234,750.00,{first.pk.hex}001",
            f"Meera Shah,004501536819,HDFC0001234,50.00,{second.pk.hex}001",
        ]
    )


def test_batch_when_made_twice() -> None:
    payable()
    first = make()
    payable(cause="cancel:2")

    assert make(actor="staff:9", now=NOW + A_DAY) == first
    assert BankBatch.objects.get().sealed == first.sealed
    assert BankBatchRow.objects.count() == 1


def test_batch_when_downloaded_again_after_changes(settings: Settings) -> None:
    payable()
    batch = released()
    before = batches.file_bytes(batch=batch)
    settings.BANK_CSV_TEMPLATES = {"neft": {"currency": "INR", "columns": [["Other", "name"]]}}

    assert batches.file_bytes(batch=execute(batch)) == before


def test_batch_when_stored() -> None:
    payable()

    assert "004501536819" not in str(list(BankBatch.objects.filter(pk=make().pk).values()))


def test_batch_when_there_is_nothing() -> None:
    transfer()

    with pytest.raises(NothingToPay):
        make()
    assert BankBatch.objects.count() == 0


def test_batch_when_details_were_changed() -> None:
    refund = payable()
    give(refund, OTHER)

    with pytest.raises(NothingToPay):
        make()
    assert make(now=NOW + A_DAY).rows.get().payee.number == 2


def test_batch_when_a_refund_is_in_cash() -> None:
    builders.refund(builders.by_hand(), way=Way.CASH)

    with pytest.raises(NothingToPay):
        make()


def test_batch_when_format_is_unknown() -> None:
    payable()

    with pytest.raises(UnknownFormat):
        batches.make_batch(currency="INR", file_format="pain.001", actor="staff:1", now=NOW)
    assert BankBatch.objects.count() == 0


def test_batch_when_details_cannot_be_read(settings: Settings) -> None:
    payable()
    settings.BANK_DETAILS_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]

    with pytest.raises(UnreadableDetails):
        make()
    assert BankBatch.objects.count() == 0


def test_batch_when_one_more_is_forced() -> None:
    payable()
    batch = make()

    with pytest.raises(IntegrityError), transaction.atomic():
        BankBatchRow.objects.create(
            batch=batch,
            refund=batch.rows.get().refund,
            attempt=batch.rows.get().attempt,
            payee=batch.rows.get().payee,
            end_to_end_id="x",
            amount=1,
        )
    assert BankBatchRow.objects.count() == 1


def test_release_when_by_who_made_it(settings: Settings) -> None:
    settings.BANK_FOUR_EYES = True
    payable()
    batch = make(actor="staff:2")

    with pytest.raises(SamePerson):
        batches.release_batch(batch_id=batch.pk, **WHO)
    assert BankBatch.objects.get().state == "made"
    assert batches.release_batch(batch_id=batch.pk, actor="staff:3", now=NOW).released_by == "staff:3"


def test_release_when_repeated() -> None:
    payable()
    batch = released()

    assert batches.release_batch(batch_id=batch.pk, actor="staff:5", now=NOW + A_DAY).released_by == "staff:2"


def test_file_when_not_released() -> None:
    payable()

    with pytest.raises(WrongBatchState):
        batches.file_bytes(batch=make())


def test_execution_when_confirmed() -> None:
    refund = payable()
    batch = execute(released(), " Statement 7 ")
    attempt = builders.attempt(refund)

    assert (batch.state, batch.evidence, batch.closed_by, row_states()) == (
        "executed",
        "Statement 7",
        "staff:2",
        ["paid"],
    )
    assert status(refund) == "completed"
    assert attempt.reference == f"{refund.pk.hex}001"
    assert attempt.evidence == {
        "batch": str(batch.pk),
        "sha256": batch.sha256,
        "statement": "Statement 7",
        "confirmed_by": "staff:2",
        "confirmed_at": "2026-11-02T09:00:00+00:00",
    }


def test_execution_when_confirmed_twice() -> None:
    payable()
    batch = execute(released())

    assert execute(batch, "Statement 8").evidence == "Statement 7"
    assert LedgerEntry.objects.filter(kind="paid").count() == 1


@pytest.mark.parametrize(("statement", "error"), [("  ", EvidenceMissing), ("Statement 7", WrongBatchState)])
def test_execution_when_refused(statement: str, error: type[RefundError]) -> None:
    refund = payable()
    batch = make()

    with pytest.raises(error):
        execute(batch, statement)
    assert (status(refund), row_states()) == ("pending", ["listed"])


def test_next_batch_when_executed() -> None:
    payable()
    execute(released())
    later = payable(cause="cancel:2")

    assert [row.refund for row in make().rows.all()] == [later]


def test_void_when_never_given_to_the_bank() -> None:
    refund = payable()
    batch = batches.void_batch(batch_id=make().pk, reason=" Wrong day ", **WHO)

    assert (batch.state, batch.evidence, row_states(), status(refund)) == ("void", "Wrong day", ["void"], "pending")
    assert make() != batch
    assert [row.end_to_end_id for row in BankBatchRow.objects.all()] == [f"{refund.pk.hex}001"] * 2


def test_void_when_executed() -> None:
    payable()
    batch = execute(released())

    with pytest.raises(WrongBatchState):
        batches.void_batch(batch_id=batch.pk, reason="x", **WHO)
    assert row_states() == ["paid"]


def test_void_when_without_reason() -> None:
    payable()
    batch = make()

    with pytest.raises(ReasonMissing):
        batches.void_batch(batch_id=batch.pk, reason=" ", **WHO)
    assert row_states() == ["listed"]


def test_batch_when_pain001(settings: Settings) -> None:
    settings.BANK_DEBTORS = {"INR": {"name": "Elm Clinic", "account": "50100012345678", "branch": "HDFC0000001"}}
    refund = payable()
    made = batches.make_batch(currency="INR", file_format="pain.001", actor="staff:1", now=NOW)
    content = batches.file_bytes(batch=batches.release_batch(batch_id=made.pk, **WHO)).decode()

    assert f"<EndToEndId>{refund.pk.hex}001</EndToEndId>" in content
    assert '<InstdAmt Ccy="INR">750.00</InstdAmt>' in content


def test_batch_when_a_refund_is_gone_before_its_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    refund = payable()
    real = queries.ready_for_bank

    def look(**kwargs: Any) -> Any:
        monkeypatch.setattr(queries, "ready_for_bank", real)
        found = list(real(**kwargs))
        operations.confirm_by_hand(refund_id=refund.pk, evidence="T-1", **WHO)
        return found

    monkeypatch.setattr(queries, "ready_for_bank", look)
    with pytest.raises(NothingToPay):
        make()
    assert BankBatch.objects.count() == 0


def test_release_when_void() -> None:
    payable()
    batch = batches.void_batch(batch_id=make().pk, reason="Wrong day", **WHO)

    with pytest.raises(WrongBatchState):
        batches.release_batch(batch_id=batch.pk, **WHO)
    assert BankBatch.objects.get().released_by == ""


def test_file_when_its_bytes_are_others_than_were_sealed() -> None:
    payable()
    batch = released()
    batch.sha256 = "0" * 64

    with pytest.raises(UnreadableDetails):
        batches.file_bytes(batch=batch)
