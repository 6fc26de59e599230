"""A list as a file: what is in it, what is written down, and how much it may be."""

import csv
import hashlib
import io
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from appointments.errors import TooManyRowsError
from appointments.exports.lists import EXPORTS
from appointments.models import Appointment, FileFormat, ListExport
from appointments.usecases import export_list as module
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.export_list import export_list
from refunds.models import LedgerEntry, Payment, Refund
from tests import factories as make

pytestmark = pytest.mark.django_db


def handed_out(kind: str, rows: QuerySet[Any], file_format: FileFormat = FileFormat.CSV) -> tuple[ListExport, bytes]:
    file = io.BytesIO()
    export = export_list(
        what=EXPORTS[kind],
        rows=rows,
        file_format=file_format,
        filters={"status__exact": ["cancelled"]},
        purpose="Monthly report",
        user=make.UserFactory.create(),
        now=make.NOW,
        to=file,
    )
    return export, file.read()


def lines_of(kind: str, rows: QuerySet[Any]) -> list[dict[str, str]]:
    _export, content = handed_out(kind, rows)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_export_when_written_down() -> None:
    make.booked()

    export, content = handed_out("appointments", Appointment.objects.all())

    export.refresh_from_db()
    assert (export.kind, export.file_format, export.rows, export.purpose, export.at) == (
        "appointments",
        "csv",
        1,
        "Monthly report",
        make.NOW,
    )
    assert export.filters == {"status__exact": ["cancelled"]}
    assert export.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("deed", [lambda rows: rows.update(rows=0), lambda rows: rows.delete()])
def test_log_when_tampered_with(deed: Any) -> None:
    export, _content = handed_out("appointments", Appointment.objects.all())

    with pytest.raises(IntegrityError), transaction.atomic():
        deed(ListExport.objects.all())

    assert ListExport.objects.get() == export


def test_appointments_when_exported() -> None:
    one = make.booked(patient=make.PatientFactory.create(name="=cmd|' /C calc'!A0"))
    one.chain.visit_reason = "A lump"
    one.chain.save(update_fields=["visit_reason"])

    assert lines_of("appointments", Appointment.objects.all()) == [
        {
            "reference": one.reference,
            "status": "confirmed",
            "starts_at": "2026-11-05T14:30:00+05:30",
            "patient": "'=cmd|' /C calc'!A0",
            "doctor": one.slot.doctor.name,
            "centre": one.centre.name,
            "channel": one.chain.channel.name,
            "first_booked_at": "2026-10-23T14:30:00+05:30",
            "price": "1000.00",
            "held": "1000.00",
            "currency": "INR",
        }
    ]


def test_refunds_when_exported() -> None:
    one = make.booked()
    cancel_appointment(appointment_id=one.pk, actor=make.patient_of(one), now=make.NOW)
    refund = Refund.objects.get()

    [line] = lines_of("refunds", Refund.objects.all())

    assert (line["refund"], line["reference"], line["centre"]) == (str(refund.pk), one.reference, one.centre.name)
    assert (line["amount"], line["currency"], line["way"]) == ("1000.00", "INR", "original")
    assert line["granted_at"] == "2026-11-02T14:30:00+05:30"
    assert "reason_text" not in line


def test_payment_when_of_a_currency_without_decimals() -> None:
    centre = make.CentreFactory.create(currency="JPY", time_zone="Asia/Tokyo")
    make.booked(slot=make.SlotFactory.create(doctor__centre=centre, price=1200))

    [line] = lines_of("payments", Payment.objects.all())

    assert (line["amount"], line["currency"]) == ("1200", "JPY")
    assert line["captured_at"].endswith("+09:00")


def test_ledger_when_exported() -> None:
    one = make.booked()

    [line] = lines_of("ledger", LedgerEntry.objects.all())

    assert (line["kind"], line["debit"], line["credit"]) == ("capture", "clearing", "patient_funds")
    assert (line["amount"], line["reference"]) == ("1000.00", one.reference)


def test_other_lists_when_exported() -> None:
    one = make.booked()
    kinds = {kind: [column.code for column in what.columns] for kind, what in EXPORTS.items()}

    message = lines_of("outbox", EXPORTS["outbox"].model._default_manager.all())

    assert [line["reference"] for line in message] == [one.reference]
    assert "body" not in kinds["outbox"]
    assert not {"text", "decision_text", "rule"} & set(kinds["late_requests"])
    assert not {"reason_text", "decision_text"} & set(kinds["overrides"])


@pytest.mark.parametrize("kind", list(EXPORTS))
def test_queries_when_there_are_more_rows(kind: str) -> None:
    def queries_for() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            handed_out(kind, EXPORTS[kind].model._default_manager.all())
        return len(asked)

    def fill() -> None:
        one = make.booked()
        cancel_appointment(appointment_id=one.pk, actor=make.patient_of(one), now=make.NOW)

    fill()
    before = queries_for()
    fill()
    fill()

    assert queries_for() == before


def test_export_when_there_are_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 1)
    make.booked()
    make.booked()

    with pytest.raises(TooManyRowsError):
        handed_out("appointments", Appointment.objects.all())

    assert not ListExport.objects.exists()


def test_export_when_it_takes_batches(django_assert_num_queries: Any) -> None:
    entry = LedgerEntry.objects.get(payment__source=make.booked().chain.source)
    fields = {"kind": "capture", "debit": "clearing", "credit": "patient_funds", "payment_id": entry.payment_id}
    LedgerEntry.objects.bulk_create(
        LedgerEntry(key=f"copy:{number}", amount=number, currency="INR", at=make.NOW, **fields)
        for number in range(1, 4_500)
    )

    with django_assert_num_queries(1 + 3 + 2):  # the rows, the bookings of three batches, the account and the log
        export, content = handed_out("ledger", LedgerEntry.objects.order_by("pk"))

    assert export.rows == 4_500
    assert content.count(b"\r\n") == 4_501
    assert content.splitlines()[-1].count(b"44.99") == 1
