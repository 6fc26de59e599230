"""CSV for banks: each bank wants columns of its own, so a template names a heading and a field for each."""

import csv
import io
from collections.abc import Callable, Sequence

from refunds.bank.rows import Transfer
from refunds.spreadsheets import harmless

FIELDS: dict[str, Callable[[Transfer], str]] = {
    "name": lambda transfer: transfer.details.name,
    "account": lambda transfer: transfer.details.account,
    "branch": lambda transfer: transfer.details.branch,
    "amount": lambda transfer: f"{transfer.amount:f}",
    "currency": lambda transfer: transfer.currency,
    "end_to_end_id": lambda transfer: transfer.end_to_end_id,
}


def csv_file(*, columns: Sequence[Sequence[str]], transfers: Sequence[Transfer]) -> bytes:
    """The file: UTF-8, CRLF, a heading line. Raises `KeyError` for a field that does not exist."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([heading for heading, _ in columns])
    for transfer in transfers:
        writer.writerow([harmless(FIELDS[field](transfer)) for _, field in columns])
    return out.getvalue().encode()
