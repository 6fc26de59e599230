"""The lists about money, each row with the booking and the centre it belongs to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from appointments.exports.columns import Amount, Cell, Column, ListToExport, choice_of, on_the_clock
from appointments.exports.places import Place, places_of
from appointments.models import ExportKind
from refunds.models import LedgerEntry, Payment, Refund

EXPORT_MONEY = "appointments.export_money"
_NOWHERE = Place(reference="", centre="", zone=ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A payment, refund or entry, and where it belongs; times of what belongs nowhere are told in UTC."""

    row: Any
    place: Place

    def at(self, moment: datetime | None) -> datetime | None:
        """Return the moment on the centre's clock."""
        return on_the_clock(moment, self.place.zone)

    def amount(self, minor: int) -> Amount:
        """Return money in the row's currency."""
        return Amount(minor, self.row.currency)

    def choice(self, field: str) -> Cell:
        """Return a value with its words."""
        return choice_of(self.row, field)


def _payment_of(row: Payment | Refund | LedgerEntry) -> Payment | None:
    if isinstance(row, Payment):
        return row
    if isinstance(row, LedgerEntry) and row.payment is None:
        return row.refund.payment if row.refund else None
    return row.payment


def _gather(rows: Sequence[Payment | Refund | LedgerEntry]) -> Iterator[MoneyRow]:
    """Find the bookings of all of them with one query."""
    sources = {row.pk: payment.source for row in rows if (payment := _payment_of(row))}
    places = places_of(sources=sources.values())
    for row in rows:
        yield MoneyRow(row, places.get(sources.get(row.pk, ""), _NOWHERE))


_BOOKING = (
    Column("reference", _("appointment"), lambda money: money.place.reference),
    Column("centre", _("centre"), lambda money: money.place.centre),
)

REFUNDS = ListToExport(
    kind=ExportKind.REFUNDS,
    model=Refund,
    permission=EXPORT_MONEY,
    related=("payment",),
    gather=_gather,
    columns=(
        Column("refund", _("refund"), lambda money: str(money.row.pk)),
        *_BOOKING,
        Column("status", _("status"), lambda money: money.choice("status")),
        Column("way", _("way"), lambda money: money.choice("way")),
        Column("amount", _("amount"), lambda money: money.amount(money.row.amount)),
        Column("currency", _("currency"), lambda money: money.row.currency),
        Column("granted_at", _("granted at"), lambda money: money.at(money.row.granted_at)),
        Column("promised_on", _("promised by"), lambda money: money.row.promised_on),
        Column("settled_at", _("settled at"), lambda money: money.at(money.row.settled_at)),
        Column("reason", _("reason"), lambda money: money.row.reason_code),
        Column("payment", _("payment"), lambda money: str(money.row.payment_id)),
    ),
)

PAYMENTS = ListToExport(
    kind=ExportKind.PAYMENTS,
    model=Payment,
    permission=EXPORT_MONEY,
    related=(),
    gather=_gather,
    columns=(
        Column("payment", _("payment"), lambda money: str(money.row.pk)),
        *_BOOKING,
        Column("captured_at", _("captured at"), lambda money: money.at(money.row.captured_at)),
        Column("amount", _("amount"), lambda money: money.amount(money.row.amount)),
        Column("granted", _("granted as refunds"), lambda money: money.amount(money.row.reserved)),
        Column("outside", _("refunded outside"), lambda money: money.amount(money.row.refunded_elsewhere)),
        Column("currency", _("currency"), lambda money: money.row.currency),
        Column("method", _("method"), lambda money: money.choice("method")),
        Column("gateway", _("gateway"), lambda money: money.row.gateway),
        Column("provider_id", _("provider's id"), lambda money: money.row.provider_id),
        Column("purpose", _("purpose"), lambda money: money.choice("purpose")),
        Column("counts", _("counts for its cause"), lambda money: money.row.usable),
        Column("receipt", _("reference"), lambda money: money.row.reference),
    ),
)

LEDGER = ListToExport(
    kind=ExportKind.LEDGER,
    model=LedgerEntry,
    permission=EXPORT_MONEY,
    related=("payment", "refund__payment"),
    gather=_gather,
    columns=(
        Column("entry", _("number"), lambda money: money.row.pk),
        Column("key", _("key"), lambda money: money.row.key),
        Column("at", _("at"), lambda money: money.at(money.row.at)),
        Column("kind", _("kind"), lambda money: money.choice("kind")),
        Column("debit", _("debit"), lambda money: money.choice("debit")),
        Column("credit", _("credit"), lambda money: money.choice("credit")),
        Column("amount", _("amount"), lambda money: money.amount(money.row.amount)),
        Column("currency", _("currency"), lambda money: money.row.currency),
        Column("holder", _("holder"), lambda money: money.row.holder),
        Column("payment", _("payment"), lambda money: str(money.row.payment_id or "")),
        Column("refund", _("refund"), lambda money: str(money.row.refund_id or "")),
        *_BOOKING,
    ),
)

MONEY_LISTS = (REFUNDS, PAYMENTS, LEDGER)
