"""A centre's own words at the end of a mail: what may stand in them, and how they are filled in. Pure."""

import re
from collections.abc import Mapping
from string import Formatter

from django.utils.translation import gettext as _

#: What a centre may name in its words.
PLACES = ("patient", "when", "reference", "phone")
_ADDRESS = re.compile(r"://|\bwww\.|\b[\w-]+\.(com|net|org|info|link|io|me|ly)\b", re.IGNORECASE)


def problem_with(text: str) -> str | None:
    """Return why these words cannot be used, as a sentence, or None.

    Addresses are refused: whoever got hold of a manager's account could send every patient to a page of their own.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return _("A brace is open or closed alone. Write {{ and }} for a brace.")
    for _words, name, form, conversion in parts:
        if name is not None and (name not in PLACES or form or conversion):
            return _("{%(name)s} is not known. You may use {patient}, {when}, {reference} and {phone}.") % {
                "name": name
            }
    if _ADDRESS.search(text):
        return _("No web addresses: patients should trust only the links that the mail itself holds.")
    return None


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """Return the words on one line with the values put in. For words without a problem."""
    named = {name: values[name] for name in PLACES}
    return " ".join(text.format_map(named).split())
