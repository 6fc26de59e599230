"""Cells as CSV and XLSX; no database."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from appointments.exports.columns import Amount, Cell, Choice, Column
from appointments.exports.files import csv_text, write_file
from appointments.models import Appointment, FileFormat

INDIA = ZoneInfo("Asia/Kolkata")


def columns(*codes: str) -> list[Column]:
    return [Column(code, f"The {code}", lambda row: row) for code in codes]


def written(file_format: FileFormat, *lines: list[Cell], codes: Sequence[str] = ("one",)) -> io.BytesIO:
    file = io.BytesIO()
    count = write_file(file_format=file_format, columns=columns(*codes), lines=lines, to=file)
    assert count == len(lines)
    file.seek(0)
    return file


def sheet_of(*cells: Cell) -> Worksheet:
    book = load_workbook(written(FileFormat.XLSX, *([cell] for cell in cells)))
    assert isinstance(book.worksheets[0], Worksheet)
    return book.worksheets[0]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Amount(75000, "INR"), "750.00"),
        (Amount(750, "JPY"), "750"),
        (Amount(75001, "KWD"), "75.001"),
        (Amount(-5, "INR"), "-0.05"),
        (Decimal("33.50"), "33.50"),
        (7, "7"),
        (True, "true"),
        (False, "false"),
        (None, ""),
        (Choice("no_show", "Missed"), "no_show"),
        (datetime(2026, 11, 2, 14, 30, 5, 9, tzinfo=INDIA), "2026-11-02T14:30:05+05:30"),
        (date(2026, 11, 2), "2026-11-02"),
        ("=1+1", "'=1+1"),
        ("=1\r\n2", "'=1  2"),
        ("\x00=1", "' =1"),
    ],
)
def test_csv_when_written(cell: Cell, text: str) -> None:
    assert csv_text(cell) == text


def test_csv_when_read_by_a_program() -> None:
    names = ["王小明", "मीरा, नायर", 'say "yes"']

    rows: list[list[Cell]] = [[name, 1] for name in names]
    content = written(FileFormat.CSV, *rows, codes=("patient", "rows")).getvalue()

    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines == [["patient", "rows"], *([name, "1"] for name in names)]


def test_sheet_when_a_formula_stands_in_it() -> None:
    sheet = sheet_of('=HYPERLINK("http://x")', "\x0b+1", "plain")

    cells = [sheet[f"A{row}"] for row in (2, 3, 4)]
    assert [cell.value for cell in cells] == ['=HYPERLINK("http://x")', " +1", "plain"]
    assert [cell.data_type for cell in cells] == ["s", "s", "s"]
    assert [bool(cell.quotePrefix) for cell in cells] == [True, True, False]


@pytest.mark.parametrize(
    ("amount", "value", "form"),
    [
        (Amount(75050, "INR"), 750.5, "0.00"),
        (Amount(750, "JPY"), 750, "0"),
        (Amount(75001, "KWD"), 75.001, "0.000"),
        (Amount(-99, "GBP"), -0.99, "0.00"),
    ],
)
def test_sheet_when_money(amount: Amount, value: float, form: str) -> None:
    cell = sheet_of(amount)["A2"]

    assert (cell.value, cell.data_type, cell.number_format) == (value, "n", form)


def test_sheet_when_words_are_for_people() -> None:
    status = Appointment.Status.NO_SHOW
    with translation.override("hi"):
        words = str(status.label)
        sheet = sheet_of(Choice(status.value, status.label))

    assert sheet["A2"].value == words
    assert words != "Missed"


def test_sheet_when_codes_are_asked_for() -> None:
    book = load_workbook(written(FileFormat.XLSX, ["x", "y"], codes=("patient", "held")))

    assert [[cell.value for cell in row] for row in book.worksheets[0].rows] == [
        ["The patient", "The held"],
        ["x", "y"],
    ]
    assert [[cell.value for cell in row] for row in book.worksheets[1].rows] == [
        ["The patient", "patient"],
        ["The held", "held"],
    ]
