"""Cells as CSV and XLSX. Neither format runs anything that stands in a cell.

CSV is for programs: headings and values are codes that never change. XLSX is for people: headings and values are words, and a second
sheet names the codes.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl import cell as openpyxl_cell

from appointments.exports.columns import Amount, Cell, Choice, Column
from appointments.models import FileFormat
from refunds.spreadsheets import harmless, is_formula, on_one_line

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# What openpyxl calls a class makes cells; its types know neither that nor that a decimal is a number.
AnyCell = Any
WriteOnlyCell: Any = openpyxl_cell.WriteOnlyCell

CONTENT_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BOM = "\ufeff"  # tells spreadsheet programs that the text is UTF-8
_LONGEST_CELL = 32_767  # of XLSX
_WIDTH = 22


def write_file(
    *, file_format: FileFormat, columns: Iterable[Column], lines: Iterable[list[Cell]], to: IO[bytes]
) -> int:
    """Write the heading and the lines, one at a time; return how many lines there were."""
    write = _write_csv if file_format is FileFormat.CSV else _write_xlsx
    return write(list(columns), lines, to)


def csv_text(cell: Cell) -> str:
    """Return a cell for programs: codes, exact decimals, ISO times; free text so that it begins no formula."""
    match cell:
        case None:
            text = ""
        case bool():
            text = "true" if cell else "false"
        case Amount():
            text = f"{cell.major:f}"
        case int() | Decimal():
            text = f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
        case Choice():
            text = cell.code
        case datetime():
            text = cell.isoformat(timespec="seconds")
        case date():
            text = cell.isoformat()
        case str():
            text = harmless(on_one_line(cell))
    return text


def _write_csv(columns: list[Column], lines: Iterable[list[Cell]], to: IO[bytes]) -> int:
    text = io.TextIOWrapper(to, encoding="utf-8", newline="", write_through=False)
    text.write(_BOM)
    writer = csv.writer(text)
    writer.writerow([column.code for column in columns])
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007 (counted for the answer)
        writer.writerow([csv_text(cell) for cell in line])
    text.flush()
    text.detach()
    return count


def _write_xlsx(columns: list[Column], lines: Iterable[list[Cell]], to: IO[bytes]) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("List"))
    sheet.freeze_panes = "A2"
    for number in range(len(columns)):
        sheet.column_dimensions[chr(ord("A") + number)].width = _WIDTH
    sheet.append([_text_cell(sheet, str(column.title)) for column in columns])
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007 (counted for the answer)
        sheet.append([_sheet_cell(sheet, cell) for cell in line])
    legend = book.create_sheet(_("Columns"))
    for column in columns:
        legend.append([_text_cell(legend, str(column.title)), _text_cell(legend, column.code)])
    book.save(to)
    return count


def _sheet_cell(sheet: "WriteOnlyWorksheet", cell: Cell) -> AnyCell:
    """Return a cell for people: words, real numbers in the currency's places. Times are text: a spreadsheet's own know no zone."""
    match cell:
        case bool():
            shown = _text_cell(sheet, _("Yes") if cell else _("No"))
        case Amount():
            shown = WriteOnlyCell(sheet, value=cell.major)
            shown.number_format = f"0.{'0' * cell.places}" if cell.places else "0"
        case int() | Decimal():
            shown = WriteOnlyCell(sheet, value=cell)
        case Choice():
            shown = _text_cell(sheet, str(cell.words))
        case None | datetime() | date():
            shown = _text_cell(sheet, csv_text(cell))
        case str():
            shown = _text_cell(sheet, cell)
    return shown


def _text_cell(sheet: "WriteOnlyWorksheet", text: str) -> AnyCell:
    """Return a cell that stays text, also when somebody types into it: openpyxl and spreadsheets take "=1" for a formula."""
    plain = on_one_line(text)[:_LONGEST_CELL]
    cell = WriteOnlyCell(sheet, value=plain)
    cell.data_type = "s"
    if is_formula(plain):
        cell.quotePrefix = True
    return cell


def lines_of(*, columns: Iterable[Column], gathered: Iterable[object]) -> Iterator[list[Cell]]:
    """Yield one line of cells for each row."""
    shown = list(columns)
    for row in gathered:
        yield [column.value(row) for column in shown]
