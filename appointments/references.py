"""Reference numbers that are safe to read out: no look-alikes, no vowels, a check character."""

import secrets

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V; no vowels, so that no word comes out by chance.
ALPHABET = "34679CDFGHJKMNPQRTWXY"
_INDEX = {character: index for index, character in enumerate(ALPHABET)}
_LENGTH = 7  # 21⁷ ≈ 1.8 thousand million numbers; they name an appointment, they are no secret


def new_reference() -> str:
    """Return a random reference like `K7QP-3MHC`; the last character checks the others."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return _grouped(body + check_character(body))


def read_reference(text: str) -> str | None:
    """Return the reference somebody typed, in its stored form, or None if it cannot be one."""
    compact = text.strip().upper().replace("-", "").replace(" ", "")
    if len(compact) != _LENGTH + 1 or not _INDEX.keys() >= set(compact):
        return None
    if check_character(compact[:-1]) != compact[-1]:
        return None
    return _grouped(compact)


def check_character(body: str) -> str:
    """Return the character that makes the sum of all, each weighted with a power of two, divisible by the alphabet's 21.

    21 is odd, so every weight and every difference of two neighbouring weights can be divided by: each single wrong
    character and each swap of two neighbours is caught. ISO 7064's hybrid system promises that only where one more than
    the alphabet's size is a prime number, and 22 is none.
    """
    total = 0
    for character in body:
        total = (total + _INDEX[character]) * 2
    return ALPHABET[-total % len(ALPHABET)]


def _grouped(compact: str) -> str:
    return f"{compact[:4]}-{compact[4:]}"
