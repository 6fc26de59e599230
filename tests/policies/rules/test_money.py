"""Rounding, percentages as text, allocation, and facts that cannot be."""

from datetime import UTC
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.rules.currencies import PLACES
from policies.rules.facts import Paid, PaymentMethod
from policies.rules.money import Allocation, RefundWay, allocate, allocate_insured, percent_of, percent_text, way_back
from tests.policies.bookings import BOOKED, booking, paid
from tests.policies.terms import HOUR

PERCENTAGES = st.decimals(0, 100, places=2)


@pytest.mark.parametrize(
    ("amount", "percent", "share"),
    [(1, "50", 1), (1, "49.99", 0), (3, "50", 2), (999, "33.33", 333), (0, "75", 0), (10**15, "100", 10**15)],
)
def test_percent_of_rounds_half_up(amount: int, percent: str, share: int) -> None:
    assert percent_of(amount, Decimal(percent)) == share


@given(amount=st.integers(0, 10**15), percent=PERCENTAGES)
def test_percent_of_agrees_with_exact_decimals(amount: int, percent: Decimal) -> None:
    with localcontext(prec=60):
        exact = (Decimal(amount) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP)

    assert percent_of(amount, percent) == exact


@given(currency=st.sampled_from(sorted(PLACES)), amount=st.integers(0, 10**12), percent=PERCENTAGES)
def test_percent_of_rounds_at_the_currencys_own_place(currency: str, amount: int, percent: Decimal) -> None:
    with localcontext(prec=60):
        whole = Decimal(amount).scaleb(-PLACES[currency])
        exact = (whole * percent / 100).quantize(Decimal(1).scaleb(-PLACES[currency]), ROUND_HALF_UP)

        assert Decimal(percent_of(amount, percent)).scaleb(-PLACES[currency]) == exact


@pytest.mark.parametrize(
    ("currency", "places"), [("JPY", 0), ("INR", 2), ("CNY", 2), ("KWD", 3), ("CLF", 4), ("ABC", None)]
)
def test_places_of_currencies(currency: str, places: int | None) -> None:
    assert PLACES.get(currency) == places


@pytest.mark.parametrize(
    ("percent", "text"),
    [("100", "100"), ("75.00", "75"), ("33.30", "33.3"), ("0.00", "0"), ("1E+2", "100"), ("12.345", "12.345")],
)
def test_percent_text(percent: str, text: str) -> None:
    assert percent_text(Decimal(percent)) == text


@pytest.mark.parametrize("method", list(PaymentMethod))
def test_way_back(method: PaymentMethod) -> None:
    by_hand = {
        PaymentMethod.CASH: RefundWay.CASH,
        PaymentMethod.BANK_TRANSFER: RefundWay.BANK_TRANSFER,
        PaymentMethod.CREDIT: RefundWay.CREDIT,
        PaymentMethod.INSURANCE: RefundWay.INSURANCE_WINDOW,
    }

    assert way_back(method) is by_hand.get(method, RefundWay.ORIGINAL)


def test_allocate_when_captured_at_the_same_instant_takes_the_later_id_first() -> None:
    parts = allocate(30, [paid(20, name="a"), paid(20, name="b")])

    assert parts == (Allocation("b", 20, RefundWay.ORIGINAL), Allocation("a", 10, RefundWay.ORIGINAL))


def test_allocate_leaves_out_what_is_refunded_and_insured() -> None:
    payments = [
        paid(20, name="gone", refunded=20, captured_at=BOOKED + HOUR),
        paid(20, PaymentMethod.INSURANCE, name="insurer"),
        paid(20, name="left", refunded=5),
    ]

    assert allocate(15, payments) == (Allocation("left", 15, RefundWay.ORIGINAL),)


def test_allocate_when_more_than_was_paid() -> None:
    with pytest.raises(ValueError, match="1 minor units more"):
        allocate(21, [paid(20)])


def test_allocate_nothing() -> None:
    assert allocate(0, [paid(20)]) == ()


def test_allocate_insured() -> None:
    payments = [
        paid(20, PaymentMethod.INSURANCE, name="old", refunded=5),
        paid(20, PaymentMethod.INSURANCE, name="new", captured_at=BOOKED + HOUR),
        paid(20, PaymentMethod.INSURANCE, name="gone", refunded=20),
        paid(20, name="own"),
    ]

    assert allocate_insured(payments) == (
        Allocation("new", 20, RefundWay.INSURANCE_WINDOW),
        Allocation("old", 15, RefundWay.INSURANCE_WINDOW),
    )


@pytest.mark.parametrize(("amount", "refunded"), [(-1, 0), (10, 11), (10, -1)])
def test_payment_when_impossible(amount: int, refunded: int) -> None:
    with pytest.raises(ValueError, match="refunded"):
        Paid("p", amount, PaymentMethod.CARD, refunded, BOOKED.astimezone(UTC))


@pytest.mark.parametrize("held", [-1, 500_01])
def test_booking_when_it_holds_what_nobody_paid(held: int) -> None:
    with pytest.raises(ValueError, match="held"):
        booking(held=held)


def test_payment_when_captured_without_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        paid(1, captured_at=BOOKED.replace(tzinfo=None))
