"""The database of the tests: migrated once for all processes of a run, and emptied past our triggers.

Between tests with real transactions Django empties every table, which our append-only triggers rightly refuse. Only here
are they set aside for that moment: on SQLite dropped and put back (its flush is DELETE FROM), on PostgreSQL those for
TRUNCATE disabled and enabled, all in the flush's own transaction.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.utils import CursorWrapper

_SQLITE_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
_POSTGRES_TRUNCATE_TRIGGERS = """
    SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 32 <> 0 ORDER BY 1, 2
"""
_POSTGRES_TEMPLATE = "fairslot_migrated"


def migrated_file() -> Path:
    """An SQLite database with every migration and no rows, made by the first process of the run that asks. Copy it."""
    made = Path(os.environ["FAIRSLOT_TEST_DIR"]) / "migrated.sqlite3"
    with _one_at_a_time():
        if not made.exists():
            growing = made.with_suffix(".growing")
            _migrate(f"sqlite:///{growing}")
            growing.rename(made)
    return made


def start_from_migrated() -> None:
    """Let Django's test database begin as a copy of a migrated one. For SQLite, tell Django to keep the copy."""
    if connection.vendor == "sqlite":
        shutil.copyfile(migrated_file(), connection.settings_dict["TEST"]["NAME"])
    else:
        _make_postgres_template()
        connection.settings_dict["TEST"]["TEMPLATE"] = _POSTGRES_TEMPLATE


def _make_postgres_template() -> None:
    address, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    growing = f"{_POSTGRES_TEMPLATE}_growing"
    with _one_at_a_time(), psycopg.connect(f"{address}/postgres", autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_POSTGRES_TEMPLATE]).fetchone() is None:
            server.execute(f"DROP DATABASE IF EXISTS {growing}")
            server.execute(f"CREATE DATABASE {growing}")
            _migrate(f"{address}/{growing}")
            server.execute(f"ALTER DATABASE {growing} RENAME TO {_POSTGRES_TEMPLATE}")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (Path(os.environ["FAIRSLOT_TEST_DIR"]) / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate(url: str) -> None:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--no-input"],
        cwd=settings.BASE_DIR,
        env=environment | {"DATABASE_URL": url, "VAR_DIR": os.environ["FAIRSLOT_TEST_DIR"], "DEMO": "1"},
        check=True,
    )


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
def guards_aside() -> Iterator[None]:
    """Within the block no trigger and no foreign key is asked, which rows made by the thousand would wait for."""
    before, after = ["SET session_replication_role = replica"], ["SET session_replication_role = DEFAULT"]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            before, after = _ways_around(cursor, "sqlite")
        for statement in before:
            cursor.execute(statement)
        yield
        for statement in after:
            cursor.execute(statement)


@contextmanager
def emptying_passes_triggers() -> Iterator[None]:
    """Within the block, Django's flush passes our triggers; nothing else does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_past_triggers)
        yield
