"""What the lines of a mail are: words, a row of a table, an item of a list, a link. The HTML part is made of them, and says nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Literal

from django.conf import settings

#: Stands round the value of a row. Python counts it as a blank, so no name that was put on one line can hold it.
CELL = "\x1f"

Kind = Literal["words", "heading", "rows", "items", "link"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `label` is the name of a row, or what a link says; `note` explains a row."""

    kind: Kind
    text: str
    label: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one kind that follow each other. `opens` says that it begins a paragraph."""

    kind: Kind
    lines: list[Line] = field(default_factory=list)
    opens: bool = False


def plain(text: str) -> str:
    """Return the text as people read it, without the marks."""
    return text.replace(CELL, "")


def blocks_of(text: str) -> list[Block]:
    """Return a mail's marked text as blocks, in their order. Every word of it is in one of them, once."""
    return [block for paragraph in text.strip().split("\n\n") for block in _blocks(paragraph)]


def _blocks(paragraph: str) -> Iterator[Block]:
    lines = list(_lines(paragraph.splitlines()))
    groups: list[Block] = []
    for kind, same in groupby(lines, key=lambda line: line.kind):
        groups.append(Block(kind, list(same), opens=not groups))
    for block, following in pairwise([*groups, Block("words")]):
        is_heading = block.kind == "words" and len(block.lines) == 1 and following.kind in ("rows", "items")
        yield Block("heading", block.lines, opens=block.opens) if is_heading else block


def _lines(written: list[str]) -> Iterator[Line]:
    """Yield the lines; a line that ends with a colon belongs to the link below it, an indented one to the row above it."""
    position = 0
    while position < len(written):
        line, following = written[position], written[position + 1] if position + 1 < len(written) else ""
        position += 1
        if line.count(CELL) == 2:
            label, _colon, value = line.split(CELL)
            note = following.strip() if following.startswith("  ") else ""
            position += bool(note)
            yield Line("rows", value, label, note)
        elif line.endswith((":", "：")) and _is_link(following):  # noqa: RUF001 (the colon of Chinese texts)
            position += 1
            yield Line("link", following, plain(line)[:-1].strip())
        elif _is_link(line):
            yield Line("link", line, line)
        elif line.startswith("- "):
            yield Line("items", plain(line[2:]))
        else:
            yield Line("words", plain(line.strip()))


def _is_link(line: str) -> bool:
    """Tell whether a line is an address of ours and nothing else: nobody's words become a link."""
    return line.startswith(f"{settings.SITE_URL}/") and " " not in line
