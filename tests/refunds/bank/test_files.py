"""What stands in a bank file, to the byte."""

import uuid
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from pyiso20022.pain.pain_001_001_09 import Document
from pytest_django import Settings
from xsdata.formats.dataclass.parsers import XmlParser

from refunds.bank import formats
from refunds.bank.csv_file import csv_file
from refunds.bank.details import BankDetails
from refunds.bank.errors import UnknownFormat
from refunds.bank.pain001 import NAMESPACE, pain001_file
from refunds.bank.rows import Transfer, decimal_of, end_to_end_id_of
from refunds.models import AccountKind
from tests.refunds.bank.accounts import IBAN, INDIA
from tests.refunds.builders import NOW

BATCH = uuid.UUID("0b6f3f5e-58f4-4a0c-9a51-7a9c1d2e3f40")
COLUMNS = [["Name", "name"], ["A/C", "account"], ["IFSC", "branch"], ["Amount", "amount"], ["Ref", "end_to_end_id"]]
UK = BankDetails(kind=AccountKind.UK, name="Rosa <Adeyemi> & Co", account="55779911", branch="200000")


def transfer(details: BankDetails, *, amount: str = "750.00", currency: str = "INR", reference: str = "E1") -> Transfer:
    return Transfer(end_to_end_id=reference, amount=Decimal(amount), currency=currency, details=details)


def texts(content: bytes, *names: str) -> list[str]:
    tree = ET.fromstring(content)
    return [node.text or "" for name in names for node in tree.iter(f"{{{NAMESPACE}}}{name}")]


def test_reference_when_derived() -> None:
    key = "rf_0b6f3f5e58f44a0c9a517a9c1d2e3f40_2"

    assert end_to_end_id_of(key=key) == "0b6f3f5e58f44a0c9a517a9c1d2e3f40002"
    assert len(end_to_end_id_of(key=key)) == 35


def test_reference_when_there_is_no_room() -> None:
    with pytest.raises(ValueError, match="no room"):
        end_to_end_id_of(key="rf_0b6f3f5e58f44a0c9a517a9c1d2e3f40_1000")


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("INR", "750.00"), ("JPY", "75000"), ("KWD", "75.000"), ("RSD", "750.00"), ("ALL", "750.00")],
)
def test_amount_when_written(currency: str, amount: str) -> None:
    assert f"{decimal_of(amount=75_000, currency=currency):f}" == amount


def test_csv_when_template() -> None:
    assert csv_file(columns=COLUMNS, transfers=[transfer(INDIA)]) == (
        b"Name,A/C,IFSC,Amount,Ref\r\nMeera Shah,004501536819,HDFC0001234,750.00,E1\r\n"
    )


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", " +1", "-1", "@SUM(A1)", "\uff1d1"])
def test_csv_when_a_name_is_a_formula(name: str) -> None:
    details = BankDetails(kind=AccountKind.INDIA, name=name, account="1", branch="2")

    assert csv_file(columns=[["Name", "name"]], transfers=[transfer(details)]).decode() == f"Name\r\n'{name}\r\n"


def test_csv_when_a_name_holds_the_separator() -> None:
    details = BankDetails(kind=AccountKind.INDIA, name='Shah, "Meera"', account="1", branch="2")

    assert csv_file(columns=[["Name", "name"]], transfers=[transfer(details)]) == b'Name\r\n"Shah, ""Meera"""\r\n'


def test_pain001_when_india() -> None:
    debtor = {"name": "Sunrise Clinic", "account": "50100012345678", "branch": "HDFC0000001"}
    content = pain001_file(
        batch_id=BATCH,
        debtor=debtor,
        transfers=[transfer(INDIA, reference="E1"), transfer(INDIA, amount="0.10", reference="E2")],
        now=NOW,
    )

    assert texts(content, "CtrlSum", "NbOfTxs") == ["750.10", "750.10", "2", "2"]
    assert texts(content, "MsgId", "PmtInfId") == [BATCH.hex, BATCH.hex]
    assert texts(content, "CreDtTm") == ["2026-11-02T09:00:00Z"]
    assert texts(content, "EndToEndId") == ["E1", "E2"]
    assert texts(content, "InstdAmt") == ["750.00", "0.10"]
    assert texts(content, "MmbId", "Cd") == ["HDFC0000001", "HDFC0001234", "HDFC0001234", "INFSC", "INFSC", "INFSC"]
    assert texts(content, "Nm") == ["Sunrise Clinic", "Sunrise Clinic", "Meera Shah", "Meera Shah"]
    assert texts(content, "IBAN") == []


def test_pain001_when_iban() -> None:
    debtor = {"name": "Klinik", "iban": "DE02120300000000202051", "bic": "BYLADEM1001"}
    content = pain001_file(batch_id=BATCH, debtor=debtor, transfers=[transfer(IBAN, currency="EUR")], now=NOW)

    assert texts(content, "IBAN") == ["DE02120300000000202051", "DE89370400440532013000"]
    assert texts(content, "BICFI", "ChrgBr") == ["BYLADEM1001", "SLEV"]
    assert texts(content, "CdtrAgt") == []


@pytest.mark.parametrize(
    ("debtor", "names", "values"),
    [
        (
            {"name": "Kirkwood", "account": "1", "branch": "400000"},
            ("MmbId", "Cd"),
            ["400000", "200000", "GBDSC", "GBDSC"],
        ),
        ({"name": "Kirkwood", "account": "1"}, ("MmbId", "Cd"), ["200000", "GBDSC"]),
    ],
)
def test_pain001_when_britain(debtor: dict[str, str], names: tuple[str, ...], values: list[str]) -> None:
    content = pain001_file(batch_id=BATCH, debtor=debtor, transfers=[transfer(UK, currency="GBP")], now=NOW)

    assert texts(content, *names) == values
    assert "Rosa <Adeyemi> & Co" in texts(content, "Nm")


def test_pain001_when_read_back() -> None:
    debtor = {"name": "Klinik", "iban": "DE02120300000000202051"}
    content = pain001_file(batch_id=BATCH, debtor=debtor, transfers=[transfer(IBAN, currency="EUR")], now=NOW)
    [instruction] = XmlParser().from_bytes(content, Document).cstmr_cdt_trf_initn.pmt_inf

    assert instruction.cdt_trf_tx_inf[0].amt.instd_amt.value == Decimal("750.00")
    assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022')


def test_formats_when_set_up(settings: Settings) -> None:
    settings.BANK_DEBTORS = {"EUR": {"name": "Klinik", "iban": "DE02120300000000202051"}, "JPY": {"name": "K"}}

    assert formats.formats() == [("EUR", "pain.001"), ("GBP", "bacs"), ("INR", "neft")]


@pytest.mark.parametrize(
    ("currency", "file_format"), [("JPY", "pain.001"), ("INR", "bacs"), ("INR", "pain.001"), ("EUR", "x")]
)
def test_format_when_not_set_up(currency: str, file_format: str) -> None:
    with pytest.raises(UnknownFormat):
        formats.kinds_of(currency=currency, file_format=file_format)


@pytest.mark.parametrize(
    ("file_format", "name"), [("pain.001", f"refunds-{BATCH}.xml"), ("neft", f"refunds-{BATCH}.csv")]
)
def test_name_when_downloaded(file_format: str, name: str) -> None:
    assert formats.name_of(file_format=file_format, batch_id=BATCH) == name
