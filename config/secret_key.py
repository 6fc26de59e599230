"""The secret key of an installation that was not given one: made once, kept beside the data."""

import os
import secrets
from pathlib import Path

_LENGTH = 64


def kept_secret_key(folder: Path) -> str:
    """Return the key in `folder`/secret-key, made on first use and readable by its owner alone.

    Of two processes that start at once one writes it (under another name, then linked whole) and both read that one.
    """
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"secret-key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(_LENGTH))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
