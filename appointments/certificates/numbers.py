"""Numbers of certificates: safe to read out, with a check character, and too many to guess."""

import secrets

from appointments.references import ALPHABET, check_character

# 21¹² ≈ 7 × 10¹⁵: whoever has a number was shown the certificate.
_LENGTH = 12
_GROUP = 4


def new_number() -> str:
    """Return a random number like `K7QP-3MHC-D4GHX`; the last character checks the others."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return _grouped(body + check_character(body))


def read_number(text: str) -> str | None:
    """Return the number somebody typed, in its stored form, or None if it cannot be one."""
    compact = text.strip().upper().replace("-", "").replace(" ", "")
    if len(compact) != _LENGTH + 1 or not set(ALPHABET) >= set(compact):
        return None
    return _grouped(compact) if check_character(compact[:-1]) == compact[-1] else None


def _grouped(compact: str) -> str:
    return f"{compact[:_GROUP]}-{compact[_GROUP : 2 * _GROUP]}-{compact[2 * _GROUP :]}"
