"""Refunds made outside."""

import pytest
from django.db import IntegrityError, connection, transaction

from refunds.models import Incident, LedgerEntry, OutsideRefund, Payment
from refunds.reconcile.outside import book_outside
from tests.refunds import builders
from tests.refunds.fake import fact
from tests.refunds.reconcile.account import outside

pytestmark = pytest.mark.usefixtures("promises")


def book(amount: int = 10_000, **more: str) -> OutsideRefund | None:
    return book_outside(gateway="fake", fact=outside(amount, **more), now=builders.NOW)


@pytest.fixture
def payment() -> Payment:
    """100,000 of which 75,000 are granted."""
    made = builders.payment_at("fake")
    builders.refund(made)
    return made


def told() -> list[tuple[str, int]]:
    return [(one.kind, one.details["booked"]) for one in Incident.objects.order_by("pk")]


def test_booked_when_it_fits(payment: Payment) -> None:
    found = book()
    entry = LedgerEntry.objects.get(kind="outside")

    assert found is not None
    assert (found.amount, found.booked, found.reference, str(found)) == (10_000, 10_000, "ARN9", "fake:re_out")
    assert (entry.amount, entry.debit, entry.credit, entry.payment) == (10_000, "patient_funds", "external", payment)
    assert (Payment.objects.get().remaining, told()) == (15_000, [("outside_refund", 10_000)])


def test_booked_when_told_twice(payment: Payment) -> None:
    assert book() == book()
    assert (Payment.objects.get().refunded_elsewhere, LedgerEntry.objects.filter(kind="outside").count()) == (10_000, 1)


def test_booked_when_more_than_is_left(payment: Payment) -> None:
    found = book(40_000)

    assert found is not None
    assert (found.booked, Payment.objects.get().remaining, told()) == (25_000, 0, [("outside_above", 25_000)])


def test_booked_when_nothing_is_left(payment: Payment) -> None:
    book(25_000)
    found = book(1, provider_id="re_more")

    assert found is not None
    assert (found.booked, LedgerEntry.objects.filter(kind="outside").count()) == (0, 1)
    assert told() == [("outside_refund", 25_000), ("outside_above", 0)]


def test_booked_when_in_another_currency(payment: Payment) -> None:
    assert book(currency="EUR") is None
    assert (told(), OutsideRefund.objects.count()) == ([("mismatch", 0)], 0)


@pytest.mark.parametrize("state", ["pending", "failed"])
def test_booked_when_not_paid(payment: Payment, state: str) -> None:
    told_now = fact(state, provider_id="re_out")  # type: ignore[arg-type]

    assert book_outside(gateway="fake", fact=told_now, now=builders.NOW) is None
    assert (OutsideRefund.objects.count(), Payment.objects.get().refunded_elsewhere) == (0, 0)


@pytest.mark.parametrize(
    ("sql", "guard"),
    [
        ("UPDATE refunds_outsiderefund SET amount = 1", "refunds_outsiderefund_append_only"),
        ("DELETE FROM refunds_outsiderefund", "refunds_outsiderefund_no_delete"),
    ],
)
def test_outside_when_tampered_with(payment: Payment, sql: str, guard: str) -> None:
    book()

    with pytest.raises(IntegrityError, match=guard), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert OutsideRefund.objects.get().amount == 10_000
