"""Asking for money: one open ask a deed."""

from datetime import timedelta

import pytest

from refunds import operations
from refunds.errors import CheckoutMismatch
from refunds.models import Checkout, CheckoutState, Purpose
from tests.refunds import builders
from tests.refunds.fake import FakeGateway

pytestmark = pytest.mark.django_db
LATER = builders.NOW + timedelta(minutes=11)


def test_checkout_when_opened() -> None:
    asked = builders.checkout()

    assert (asked.state, asked.amount, asked.next_at) == (
        CheckoutState.OPEN,
        100_000,
        builders.NOW + timedelta(seconds=30),
    )
    assert str(asked) == str(asked.pk)


def test_checkout_when_opened_twice() -> None:
    assert builders.checkout() == builders.checkout()
    assert Checkout.objects.count() == 1


def test_checkout_when_repeated_with_another_amount() -> None:
    builders.checkout()

    with pytest.raises(CheckoutMismatch):
        builders.checkout(amount=1)
    assert Checkout.objects.get().amount == 100_000


def test_checkout_when_the_first_ran_out() -> None:
    first = builders.checkout()
    second = builders.checkout(amount=90_000, now=LATER)

    first = Checkout.objects.get(pk=first.pk)
    assert (first.state, second.state) == (CheckoutState.EXPIRED, CheckoutState.OPEN)
    assert builders.checkout(amount=90_000, now=LATER) == second


def test_checkout_when_another_page_was_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    first = builders.checkout()
    monkeypatch.setattr("refunds.operations.checkouts._open_one", lambda **_: None)

    assert builders.checkout() == first


@pytest.mark.parametrize("amount", [0, -5])
def test_checkout_when_amount_is_not_positive(amount: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        builders.checkout(amount=amount)
    assert Checkout.objects.count() == 0


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_checkout_when_it_returns_elsewhere(address: str) -> None:
    with pytest.raises(ValueError, match="this site"):
        operations.open_checkout(
            source="chain:1",
            purpose=Purpose.CONSULTATION,
            cause="hold:1",
            amount=1,
            currency="INR",
            gateway="sandbox",
            expires_at=LATER,
            now=builders.NOW,
            return_url=address,
        )
    assert Checkout.objects.count() == 0


def test_start_when_open(gateway: FakeGateway) -> None:
    asked = builders.checkout(gateway="fake")

    assert operations.start_checkout(checkout_id=asked.pk, now=builders.NOW) == "https://pay.example/1"
    assert Checkout.objects.get().provider_id == f"cs_{asked.pk.hex}"


def test_start_when_at_the_sandbox() -> None:
    asked = builders.checkout()

    assert operations.start_checkout(checkout_id=asked.pk, now=builders.NOW) == f"/sandbox/pay/{asked.pk}/"
    assert Checkout.objects.get().provider_id == ""


def test_start_when_run_out() -> None:
    asked = builders.checkout()

    assert operations.start_checkout(checkout_id=asked.pk, now=LATER) is None


def test_start_when_paid() -> None:
    asked = builders.checkout()
    builders.pay(asked)
    operations.capture_from_gateway(checkout_id=asked.pk, now=builders.NOW)

    assert operations.start_checkout(checkout_id=asked.pk, now=builders.NOW) is None


def test_close_when_already_closed() -> None:
    asked = builders.checkout()
    operations.close_checkouts(cause=asked.cause)
    operations.close_checkouts(cause=asked.cause)

    assert Checkout.objects.get(pk=asked.pk).state == CheckoutState.EXPIRED
