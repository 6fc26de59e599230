"""Between tests with real transactions Django empties every table, which our append-only triggers rightly refuse.

Only here are they set aside for that moment: on SQLite dropped and put back (its flush is DELETE FROM), on PostgreSQL
those for TRUNCATE disabled and enabled, all in the flush's own transaction.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.utils import CursorWrapper

_SQLITE_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
_POSTGRES_TRUNCATE_TRIGGERS = """
    SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 32 <> 0 ORDER BY 1, 2
"""


def flush_past_triggers(operations: BaseDatabaseOperations, sql_list: Sequence[str]) -> None:
    """Run Django's flush statements with the triggers that would refuse them set aside and put back."""
    connection = operations.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        before, after = _ways_around(cursor, connection.vendor)
        for statement in [*before, *sql_list, *after]:
            cursor.execute(statement)


def _ways_around(cursor: CursorWrapper, vendor: str) -> tuple[list[str], list[str]]:
    if vendor == "sqlite":
        cursor.execute(_SQLITE_TRIGGERS)
        found = cursor.fetchall()
        return [f'DROP TRIGGER "{name}"' for name, _ in found], [sql for _, sql in found]
    cursor.execute(_POSTGRES_TRUNCATE_TRIGGERS)
    found = cursor.fetchall()
    return (
        [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in found],
        [f"ALTER TABLE {table} ENABLE TRIGGER {name}" for table, name in found],
    )


@contextmanager
def emptying_passes_triggers() -> Iterator[None]:
    """Within the block, Django's flush passes our triggers; nothing else does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_past_triggers)
        yield
