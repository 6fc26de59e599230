"""Many sources, one order; no database."""

from datetime import timedelta

from appointments.timeline.entries import Entry, Topic, accounts_in, merge, with_names
from tests.factories import NOW

LATER = NOW + timedelta(seconds=1)


def test_merge_when_sources_overlap() -> None:
    booked = Entry(NOW, Topic.BOOKING, "Booked")
    cancelled = Entry(LATER, Topic.BOOKING, "Cancelled")
    paid = Entry(NOW, Topic.PAYMENT, "Payment")

    assert merge([booked, cancelled], iter([paid]), ()) == [paid, booked, cancelled]


def test_merge_when_one_source_wrote_twice_in_one_instant() -> None:
    second = Entry(NOW, Topic.LEDGER, "second", number=12)
    first = Entry(NOW, Topic.LEDGER, "first", number=9)

    assert merge([second], [first]) == [first, second]


def test_names_when_people_are_known_by_number() -> None:
    asked: list[set[int]] = []

    def names(accounts: set[int]) -> dict[int, str]:
        asked.append(accounts)
        return {12: "Asha Kulkarni"}

    entries = [Entry(NOW, Topic.REFUND, "", who) for who in ("staff:12", "staff:12", "staff:7", "gateway:stripe", "")]

    assert [entry.who for entry in with_names(entries, names=names)] == [
        "Asha Kulkarni, account 12",
        "Asha Kulkarni, account 12",
        "staff:7",
        "gateway:stripe",
        "",
    ]
    assert asked == [{7, 12}] == [accounts_in(entries)]
