"""Where the fake keeps everything: documents by kind and id in one SQLite file, safe with many threads and after a kill."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Doc = dict[str, Any]

_TABLE = """
CREATE TABLE IF NOT EXISTS docs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL, state TEXT NOT NULL,
    body TEXT NOT NULL, UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS docs_by_parent ON docs (kind, parent);
CREATE INDEX IF NOT EXISTS docs_by_state ON docs (kind, state);
"""


class Store:
    """Documents. Every method is one step; several belong in `transaction()`, where one thread is at a time."""

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {_TABLE}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, one thread at a time; a transaction inside another is part of it."""
        with self._lock:
            if self._depth:
                yield
                return
            self._database.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            else:
                self._database.execute("COMMIT")
            finally:
                self._depth = 0

    def get(self, kind: str, key: str) -> Doc | None:
        """One document."""
        rows = self._rows("SELECT body FROM docs WHERE kind = ? AND id = ?", kind, key)
        return rows[0] if rows else None

    def put(self, kind: str, doc: Doc, *, parent: str = "", state: str = "") -> Doc:
        """Write one document under its `id`; its place in the order stays that of the first time."""
        with self._lock:
            self._database.execute(
                "INSERT INTO docs (kind, id, parent, state, body) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET parent = excluded.parent, state = excluded.state, body = excluded.body",
                (kind, doc["id"], parent, state, json.dumps(doc)),
            )
        return doc

    def drop(self, kind: str, *, key: str | None = None, state: str | None = None) -> None:
        """Forget one document, all in a state, or all of a kind."""
        with self._lock:
            self._database.execute(
                "DELETE FROM docs WHERE kind = ?1 AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR state = ?3)",
                (kind, key, state),
            )

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._database.execute("DELETE FROM docs")

    def every(self, kind: str, *, parent: str | None = None, state: str | None = None) -> list[Doc]:
        """Documents of a kind, oldest first."""
        return self._rows(
            "SELECT body FROM docs WHERE kind = ?1 AND (?2 IS NULL OR parent = ?2) AND (?3 IS NULL OR state = ?3) ORDER BY seq",
            kind,
            parent,
            state,
        )

    def _rows(self, statement: str, *values: str | None) -> list[Doc]:
        with self._lock:
            return [json.loads(body) for (body,) in self._database.execute(statement, values)]
