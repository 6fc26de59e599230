"""Reference numbers that are safe to read out: no look-alikes, no vowels, a check character."""

import secrets

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V; no vowels, so that no word comes out by chance.
ALPHABET = "34679CDFGHJKMNPQRTWXY"
_LENGTH = 7  # 21⁷ ≈ 1.8 thousand million numbers; they name an appointment, they are no secret


def new_reference() -> str:
    """Return a random reference like `K7QP-3MHC`; the last character checks the others (ISO 7064, hybrid)."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return _grouped(body + mod_37_36.calc_check_digit(body, ALPHABET))


def read_reference(text: str) -> str | None:
    """Return the reference somebody typed, in its stored form, or None if it cannot be one."""
    compact = text.strip().upper().replace("-", "").replace(" ", "")
    if len(compact) != _LENGTH + 1:
        return None
    try:
        mod_37_36.validate(compact, ALPHABET)
    except (ValidationError, ValueError):
        return None
    return _grouped(compact)


def _grouped(compact: str) -> str:
    return f"{compact[:4]}-{compact[4:]}"
