"""What stands in a cell, and what a list is made of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Field, Model
from django.utils.functional import Promise

from appointments.models import ExportKind
from policies.phrases import to_major
from policies.rules.currencies import PLACES


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in minor units; the currency has a column of its own."""

    minor: int
    currency: str

    @property
    def major(self) -> Decimal:
        """The exact amount in whole units, with the currency's own places."""
        return to_major(self.minor, self.currency)

    @property
    def places(self) -> int:
        """How many places the currency has."""
        return PLACES[self.currency]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list of values: its code for programs, its words for people."""

    code: str
    words: str | Promise


Cell = str | int | Decimal | bool | Amount | Choice | datetime | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `code` never changes, `title` is what people read; `value` reads the cell from what the list is made of."""

    code: str
    title: str | Promise
    value: Callable[[Any], Cell]


def as_they_are(rows: Sequence[Any]) -> Iterable[Any]:
    """Return the rows themselves: for lists whose rows hold everything."""
    return rows


@dataclass(frozen=True, slots=True)
class ListToExport:
    """A list of the admin that can be handed out: whose right it takes, what is loaded along, and its columns.

    `gather` makes of some rows what the columns read; it may ask the database, once for all of them.
    """

    kind: ExportKind
    model: type[Model]
    permission: str
    related: tuple[str, ...]
    columns: tuple[Column, ...]
    gather: Callable[[Sequence[Any]], Iterable[Any]] = as_they_are


def on_the_clock(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return the moment on a centre's clock, or None."""
    return moment.astimezone(zone) if moment else None


def choice_of(row: Model, field: str) -> Choice:
    """Return the value of a field with choices, with its words in the reader's language once they are asked for."""
    code = str(getattr(row, field))
    return Choice(code, _words_of(type(row), field).get(code, code))


@cache
def _words_of(model: type[Model], field: str) -> dict[str, str | Promise]:
    # Django's own get_…_display() looks them up anew for every row.
    found = model._meta.get_field(field)  # noqa: SLF001 (Django's own word for it)
    assert isinstance(found, Field)
    return {str(code): words for code, words in found.flatchoices}
