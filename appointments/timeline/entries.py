"""One thing that happened, and how many of them become one list. Pure: nothing here asks a database or a clock."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

#: A name and a value; empty values are left out where they are shown.
Fact = tuple[str, str]
_ACCOUNT = re.compile(r"staff:(\d{1,18})")


class Topic(IntEnum):
    """What an entry is about. Of entries of one instant the lower comes first: money comes before what it books."""

    PAYMENT = 1
    BOOKING = 2
    REQUEST = 3
    REFUND = 4
    LEDGER = 5
    MESSAGE = 6
    ACCESS = 7
    RECORD = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `number` orders what one source wrote in one instant; `about` names which of several records."""

    at: datetime
    topic: Topic
    what: str
    who: str = ""
    facts: tuple[Fact, ...] = ()
    about: str = ""
    number: int = 0


def merge(*sources: Iterable[Entry]) -> list[Entry]:
    """Return all entries in the order in which they happened."""
    entries = [entry for source in sources for entry in source]
    return sorted(entries, key=lambda entry: (entry.at, entry.topic, entry.number))


def accounts_in(entries: Iterable[Entry]) -> set[int]:
    """Return the numbers of the accounts that entries name as "staff:12"."""
    return {int(found[1]) for entry in entries if (found := _ACCOUNT.fullmatch(entry.who))}


def with_names(entries: Iterable[Entry], *, names: Callable[[set[int]], dict[int, str]]) -> list[Entry]:
    """Return the entries with the people behind "staff:12"; `names` is asked once. Who is unknown stays a number."""
    entries = list(entries)
    known = names(accounts_in(entries))

    def named(who: str) -> str:
        found = _ACCOUNT.fullmatch(who)
        name = known.get(int(found[1])) if found else None
        return f"{name}, account {found[1]}" if found and name else who

    return [replace(entry, who=named(entry.who)) for entry in entries]
