"""The key under which a chain's money stands in `refunds`, for queries that cross over."""

from typing import Any

from django.db.models import CharField, Func
from django.db.models.sql.compiler import SQLCompiler


class ChainSource(Func):
    """`chain:` and the chain's id as text, in SQL. SQLite keeps a UUID without hyphens."""

    output_field = CharField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **_extra: Any) -> Any:
        """Put the hyphens back."""
        template = "('chain:' || " + " || '-' || ".join(
            f"substr(%(expressions)s, {start}, {length})" for start, length in _HYPHENATED
        )
        # The column is written five times and carries no parameters.
        return super().as_sql(compiler, connection, template=f"{template})")

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **_extra: Any) -> Any:
        """Write it as PostgreSQL writes a uuid."""
        return super().as_sql(compiler, connection, template="('chain:' || %(expressions)s::text)")


_HYPHENATED = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
