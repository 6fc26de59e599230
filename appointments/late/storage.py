"""Where documents lie: under VAR_DIR, outside everything that is served, by random names."""

import hashlib
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings

_NAME_BYTES = 16


def store(content: bytes) -> tuple[str, str]:
    """Write a file under a new random name that only this program's user may read; return the name and the fingerprint."""
    name = secrets.token_hex(_NAME_BYTES)
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)
    return name, hashlib.sha256(content).hexdigest()


def read(name: str) -> bytes:
    """Return the content. Raises FileNotFoundError."""
    return _path(name).read_bytes()


def discard(name: str) -> None:
    """Remove a file, if it is there."""
    _path(name).unlink(missing_ok=True)


def names_written(*, before: datetime) -> list[str]:
    """Return the names of the files that were written before a moment."""
    folder: Path = settings.VAR_DIR / "late-documents"
    return sorted(path.name for path in folder.glob("??/*") if path.stat().st_mtime < before.timestamp())


def _path(name: str) -> Path:
    """Return where a file of this name lies. Names are ours; anything else has no place."""
    if len(name) != 2 * _NAME_BYTES or not set(name) <= set("0123456789abcdef"):
        raise FileNotFoundError(name)
    folder: Path = settings.VAR_DIR / "late-documents"
    return folder / name[:2] / name
