"""What a spreadsheet program must not take for a formula."""

import re

#: Blanks and marks that nobody sees may stand in front; the second half are the full-width forms of the first four signs.
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def harmless(cell: str) -> str:
    """Return the text so that a spreadsheet reads text and runs nothing: with an apostrophe in front where it could begin a formula."""
    return f"'{cell}" if is_formula(cell) else cell


def is_formula(cell: str) -> bool:
    """Tell whether a spreadsheet could take the text for a formula."""
    return _FORMULA.match(cell) is not None


def on_one_line(cell: str) -> str:
    """Return the text with a blank for every control character: line breaks, tabs, and what no file format allows."""
    return _CONTROL.sub(" ", cell)
