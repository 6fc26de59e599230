"""Running promises: each query returns the rows that break its promise, and none is the good answer."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

# SQLite keeps a UUID as 32 digits; keys that are texts hold it with hyphens. Written as one text, an index can be used.
_UUID_TEXT = re.compile(r"UUID_TEXT\(([\w.]+)\)")
_HYPHENATED = (
    r"SUBSTR(\1, 1, 8) || '-' || SUBSTR(\1, 9, 4) || '-' || SUBSTR(\1, 13, 4) || '-' || "
    r"SUBSTR(\1, 17, 4) || '-' || SUBSTR(\1, 21)"
)

#: Work that has been due for this long means that nobody does it.
OVERDUE_AFTER = timedelta(minutes=15)
#: Rows shown of one promise; one is bad enough.
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise in words, what it means if it is broken, and the query that finds offenders (first column: their key).

    `%(overdue)s` in the query stands for fifteen minutes ago, `%(now)s` for now, and
    `UUID_TEXT(column)` for a UUID as text with hyphens.
    """

    code: str
    words: str
    means: str
    sql: str
    sqlite: str = ""

    def query(self, vendor: str) -> str:
        """Return the query in this database's words; few need words of their own."""
        sql = self.sqlite if vendor == "sqlite" and self.sqlite else self.sql
        return _UUID_TEXT.sub(_HYPHENATED if vendor == "sqlite" else r"CAST(\1 AS text)", sql)


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken promise, how many rows break it, and the keys of the first `MOST_SHOWN` of them."""

    promise: Promise
    offenders: tuple[str, ...]
    count: int


def check(promises: Iterable[Promise], *, now: datetime) -> Iterator[Finding]:
    """Run each query and yield what is broken. Reads only."""
    moments = {"now": _stored(now), "overdue": _stored(now - OVERDUE_AFTER)}
    for promise in promises:
        sql = promise.query(connection.vendor)
        wanted = {name: value for name, value in moments.items() if f"%({name})s" in sql}
        with connection.cursor() as cursor:
            cursor.execute(sql, wanted or None)
            offenders = tuple(" ".join(str(value) for value in row) for row in cursor.fetchmany(MOST_SHOWN))
            count = len(offenders) + sum(1 for _ in cursor)
        if offenders:
            yield Finding(promise, offenders, count)


def _stored(moment: datetime) -> str:
    """Return the moment as this database compares it."""
    return str(connection.ops.adapt_datetimefield_value(moment))
