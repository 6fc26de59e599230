"""Day by day and currency by currency: what the provider's balance moved, and what the ledger says of the same days.

The provider's side is a CSV that its balance report is brought into: `date,currency,captured,refunded`, a day and currency a line, dates of
UTC as 2026-11-02, amounts in the currency's major unit. A capture shortly before midnight may stand on one day there and on the next here,
so the report carries the difference on: what matters is that it comes back to nought.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Substr, TruncDate

from refunds.currencies import places_of
from refunds.models import EntryKind, LedgerEntry, RefundAttempt

HEADINGS = ("date", "currency", "captured", "refunded")
Key = tuple[date, str]


class UnreadableReport(Exception):
    """The provider's CSV is not what it should be; the message names the line."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What moved on one day in one currency, in minor units."""

    captured: int = 0
    refunded: int = 0

    @property
    def net(self) -> int:
        """What stayed with the provider."""
        return self.captured - self.refunded


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day and currency on both sides. `carried`: the difference so far, this day included (theirs less ours)."""

    on: date
    currency: str
    here: Moved
    there: Moved
    carried: int

    @property
    def differs(self) -> bool:
        """Whether the two sides tell different things of the day."""
        return self.here != self.there


def provider_days(*, text: str) -> dict[Key, Moved]:
    """The provider's CSV, by day and currency. Raises `UnreadableReport`."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if set(HEADINGS) - set(rows.fieldnames or ()):
        raise UnreadableReport(f"the headings must be {','.join(HEADINGS)}")
    days: dict[Key, Moved] = {}
    for number, row in enumerate(rows, start=2):
        try:
            currency = row["currency"].strip().upper()
            key = (date.fromisoformat(row["date"].strip()), currency)
            moved = Moved(captured=_minor(row["captured"], currency), refunded=_minor(row["refunded"], currency))
        except (ValueError, KeyError, AttributeError, InvalidOperation) as error:
            raise UnreadableReport(f"line {number}: {error}") from error
        if key in days:
            raise UnreadableReport(f"line {number}: {row['date']} {currency} stands there twice")
        days[key] = moved
    return days


def ledger_days(*, gateway: str, first: date, last: date) -> dict[Key, Moved]:
    """The same out of our books: captures, refunds paid less those that came back, and refunds made outside."""
    start = datetime.combine(first, time.min, UTC)
    end = datetime.combine(last, time.min, UTC) + timedelta(days=1)
    entries = LedgerEntry.objects.filter(payment__gateway=gateway, at__gte=start, at__lt=end)
    captured: dict[Key, int] = defaultdict(int)
    refunded: dict[Key, int] = defaultdict(int)
    _add(captured, entries.filter(kind=EntryKind.CAPTURE))
    _add(refunded, entries.filter(kind=EntryKind.OUTSIDE))
    _add(refunded, _through(gateway, entries, EntryKind.PAID))
    _add(refunded, _through(gateway, entries, EntryKind.RETURNED), sign=-1)
    return {key: Moved(captured=captured[key], refunded=refunded[key]) for key in {*captured, *refunded}}


def compare(*, gateway: str, there: dict[Key, Moved]) -> list[Day]:
    """Every day of the provider's report next to ours, oldest first."""
    if not there:
        return []
    on = [key[0] for key in there]
    here = ledger_days(gateway=gateway, first=min(on), last=max(on))
    carried: dict[str, int] = defaultdict(int)
    days = []
    for key in sorted({*here, *there}):
        ours, theirs = here.get(key, Moved()), there.get(key, Moved())
        carried[key[1]] += theirs.net - ours.net
        days.append(Day(on=key[0], currency=key[1], here=ours, there=theirs, carried=carried[key[1]]))
    return days


def as_csv(*, days: Iterable[Day]) -> str:
    """The comparison as a CSV for the finance desk, amounts in major units."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["date", "currency", "captured_here", "captured_there", "refunded_here", "refunded_there", "carried", "differs"]
    )
    for day in days:
        amounts = (day.here.captured, day.there.captured, day.here.refunded, day.there.refunded, day.carried)
        words = [_major(amount, day.currency) for amount in amounts]
        writer.writerow([day.on.isoformat(), day.currency, *words, "yes" if day.differs else "no"])
    return out.getvalue()


def _add(totals: dict[Key, int], entries: "QuerySet[LedgerEntry]", *, sign: int = 1) -> None:
    """Add the entries' amounts to the totals of their days."""
    days = entries.annotate(on=TruncDate("at", tzinfo=UTC)).values("on", "currency").annotate(sum=Sum("amount"))
    for row in days.order_by("on", "currency"):
        totals[row["on"], row["currency"]] += sign * row["sum"]


def _through(gateway: str, entries: "QuerySet[LedgerEntry]", kind: EntryKind) -> "QuerySet[LedgerEntry]":
    """Entries of this kind that the provider itself paid or took back: not those that people paid in cash instead."""
    tries = RefundAttempt.objects.filter(channel=gateway).values("key")
    return entries.annotate(attempt_key=Substr("key", len(kind) + 2)).filter(Q(kind=kind), attempt_key__in=tries)


def _minor(text: str, currency: str) -> int:
    """Minor units of an amount in major ones. Raises `ValueError`."""
    amount = Decimal(text.strip() or "0").scaleb(places_of(currency))
    if amount != amount.to_integral_value() or amount < 0:
        raise ValueError(f"{text!r} is no amount in {currency}")
    return int(amount)


def _major(amount: int, currency: str) -> str:
    """Minor units as a plain decimal."""
    return f"{Decimal(amount).scaleb(-places_of(currency)):f}"
