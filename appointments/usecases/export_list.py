"""Hand a list of the admin out as a file. Whoever takes it is written down, with what for, before the file leaves."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import IO, Any

from django.db.models import QuerySet

from appointments.errors import TooManyRowsError
from appointments.exports.columns import ListToExport
from appointments.exports.files import lines_of, write_file
from appointments.models import FileFormat, ListExport, User

#: A spreadsheet takes about a million lines; nobody reads a tenth of that, and the file must be made while somebody waits.
MOST_ROWS = 100_000
_BATCH = 2_000


def export_list(
    *,
    what: ListToExport,
    rows: QuerySet[Any],
    file_format: FileFormat,
    filters: dict[str, list[str]],
    purpose: str,
    user: User,
    now: datetime,
    to: IO[bytes],
) -> ListExport:
    """Write these rows into an empty file, and write down who took it; the file stands at its beginning afterwards.

    Only so many rows as a batch are in memory. Raises TooManyRowsError, and nothing is written down.
    """
    lines = lines_of(columns=what.columns, gathered=_gathered(what, rows))
    count = write_file(file_format=file_format, columns=what.columns, lines=lines, to=to)
    return ListExport.objects.create(
        kind=what.kind,
        file_format=file_format,
        filters=filters,
        rows=count,
        sha256=_digest(to),
        purpose=purpose,
        user=user,
        at=now,
    )


def _gathered(what: ListToExport, rows: QuerySet[Any]) -> Iterator[Any]:
    """Yield what the columns read: one query for the rows, and for each batch what its list looks up."""
    loaded = rows.select_related(None)  # the screen loads more along than a file shows
    loaded = loaded.select_related(*what.related) if what.related else loaded
    found, done = loaded.iterator(chunk_size=_BATCH), 0
    while batch := list(islice(found, _BATCH)):
        done += len(batch)
        if done > MOST_ROWS:
            raise TooManyRowsError
        yield from what.gather(batch)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest
