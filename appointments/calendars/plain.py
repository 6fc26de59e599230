"""Text for calendars: one line, nothing that a name could smuggle in."""

import unicodedata

# Marks that turn the reading direction: in a calendar they would reorder what stands beside a name.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: object) -> str:
    """Return a text on one line without control characters and marks of direction."""
    one_line = " ".join(str(text).split())
    return "".join(char for char in one_line if unicodedata.category(char) != "Cc" and char not in _TURNS)
