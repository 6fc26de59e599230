"""Breaking a promise by SQL: each guard is first seen to refuse it and then taken away, until nothing but the audit is left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

#: The primary key of a row that a tampering adds.
NEW_KEY = "0" * 31 + "1"
Keys = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Tampering:
    """How to break the promise `code`: SQL against the rows of a scene, whose keys stand in braces.

    `guards` are what the database refuses it by, in this order; `offenders` is what the audit then prints.
    """

    code: str
    scene: Callable[[], Keys]
    sql: tuple[str, ...]
    offenders: tuple[str, ...]
    guards: tuple[str, ...] = ()
    after: timedelta = timedelta(minutes=1)

    @property
    def name(self) -> str:
        """The promise and the first words of the SQL."""
        return f"{self.code}: {self.sql[-1][:50]}"


def copied(model: type[models.Model], where: str, **changes: str) -> str:
    """SQL that inserts another row like the one that is there, with these columns as SQL expressions."""
    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.concrete_fields]
    pk = model._meta.pk
    if isinstance(pk, models.AutoField):
        changes.setdefault(str(pk.column), f"(SELECT MAX({pk.column}) + 1 FROM {table})")
    values = ", ".join(changes.get(column, column) for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {where}"


def run(statements: tuple[str, ...], keys: Keys) -> None:
    """Run the SQL in a savepoint of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(**keys))


@contextmanager
def unguarded(tampering: Tampering, keys: Keys) -> Iterator[None]:
    """Within the block the promise is broken; afterwards everything is as it was."""
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":  # a table with checks that wait cannot be altered
                run(("SET CONSTRAINTS ALL IMMEDIATE",), {})
            for guard in tampering.guards:
                with pytest.raises(IntegrityError, match=refusal_of(guard)):
                    run(tampering.sql, keys)
                run(ways_past(guard), {})
            run(tampering.sql, keys)
            yield
            transaction.set_rollback(True)
    finally:
        if connection.vendor == "sqlite":
            run(("PRAGMA ignore_check_constraints = OFF", "PRAGMA legacy_alter_table = OFF"), {})


def refusal_of(guard: str) -> str:
    """What the database's error says when this guard refuses."""
    found = _constraint(guard)
    if found is None or _on_postgresql():
        return guard
    model, constraint = found
    if not isinstance(constraint, models.UniqueConstraint):
        return guard
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    named = [f"{model._meta.db_table}.{columns[name]}" for name in constraint.fields]
    return "UNIQUE constraint failed: " + ", ".join(named)


def ways_past(guard: str) -> tuple[str, ...]:
    """SQL that takes the guard away."""
    found = _constraint(guard)
    if found is None:
        return (
            (f"DROP TRIGGER {guard} ON {_table_of_trigger(guard)}",) if _on_postgresql() else (f"DROP TRIGGER {guard}",)
        )
    model, constraint = found
    table = model._meta.db_table
    if isinstance(constraint, models.UniqueConstraint) and constraint.condition is not None:
        return (f"DROP INDEX {guard}",)
    if _on_postgresql():
        return (f"ALTER TABLE {table} DROP CONSTRAINT {guard}",)
    if isinstance(constraint, models.CheckConstraint):
        return ("PRAGMA ignore_check_constraints = ON",)
    # A uniqueness that is part of the table goes only with the table.
    return (
        "PRAGMA legacy_alter_table = ON",
        f"ALTER TABLE {table} RENAME TO {table}_guarded",
        f"CREATE TABLE {table} AS SELECT * FROM {table}_guarded",
    )


def _constraint(name: str) -> tuple[type[models.Model], models.BaseConstraint] | None:
    """The constraint of that name with its model; None for a trigger."""
    found = ((model, one) for model in apps.get_models() for one in model._meta.constraints if one.name == name)
    return next(found, None)


def _on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _table_of_trigger(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [name])
        return str(cursor.fetchone()[0])
