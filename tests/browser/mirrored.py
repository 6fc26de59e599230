"""A language that nobody speaks, written from right to left: every text of the project in Arabic letters, a third longer.

What stays in Latin letters on a page in this language never went through a translation.
"""

import re
from pathlib import Path

from babel.messages.mofile import write_mo

from tests.catalogues.extract import new_catalogue
from tests.catalogues.files import texts_in

LANGUAGE = "ar-xb"
_KEPT = re.compile(r"(%\(\w+\)[a-z]|%%|\{\w+\}|</?\w+[^<>]*>|&\w+;)")
_LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه", strict=True))


def mirrored(text: str) -> str:
    """The text in Arabic letters and longer; values, markup and blanks at the edges stay."""
    words = "".join(part if _KEPT.fullmatch(part) else _in_letters(part) for part in _KEPT.split(text))
    letters = len(re.sub(r"\s", "", _KEPT.sub("", text)))
    longer = " " + "وي " * (letters // 9) if letters > 8 else ""
    return words[: len(words.rstrip())] + longer.rstrip() + words[len(words.rstrip()) :]


def write_mirrored(folder: Path) -> Path:
    """Write the language's file below a folder for LOCALE_PATHS, and return that folder."""
    catalogue = new_catalogue("ar")
    for message in texts_in(catalogue):
        if isinstance(message.id, str):
            message.string = mirrored(message.id)
        else:
            message.string = (mirrored(message.id[0]), *[mirrored(message.id[1])] * (catalogue.num_plurals - 1))
    path = folder / "ar_XB" / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    return folder


def _in_letters(text: str) -> str:
    return "".join(_LETTERS.get(letter.lower(), letter) for letter in text)
