"""CSV for banks: each bank wants columns of its own, so a template names a heading and a field for each."""

import csv
import io
import re
from collections.abc import Callable, Sequence

from refunds.bank.rows import Transfer

FIELDS: dict[str, Callable[[Transfer], str]] = {
    "name": lambda transfer: transfer.details.name,
    "account": lambda transfer: transfer.details.account,
    "branch": lambda transfer: transfer.details.branch,
    "amount": lambda transfer: f"{transfer.amount:f}",
    "currency": lambda transfer: transfer.currency,
    "end_to_end_id": lambda transfer: transfer.end_to_end_id,
}

#: What a spreadsheet takes for a formula, blanks in front or not.
_FORMULA = re.compile(r"\s*[=+\-@\t\r|%\uff1d\uff0b\uff0d\uff20]")


def csv_file(*, columns: Sequence[Sequence[str]], transfers: Sequence[Transfer]) -> bytes:
    """The file: UTF-8, CRLF, a heading line. Raises `KeyError` for a field that does not exist."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([heading for heading, _ in columns])
    for transfer in transfers:
        writer.writerow([_harmless(FIELDS[field](transfer)) for _, field in columns])
    return out.getvalue().encode()


def _harmless(cell: str) -> str:
    """With an apostrophe in front, a spreadsheet reads text and runs nothing."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
