"""Money that came in is a fact, wanted or not."""

from datetime import timedelta

import pytest

from refunds import operations, queries
from refunds.errors import CreditTooLow, PaymentMismatch
from refunds.gateways.base import CaptureFact, CheckoutFact
from refunds.models import Account, Checkout, CheckoutState, LedgerEntry, Method, Payment, Way
from tests.refunds import builders
from tests.refunds.fake import FakeGateway

pytestmark = pytest.mark.usefixtures("promises")
LATER = builders.NOW + timedelta(minutes=11)


def captured(provider_id: str = "ch_1", amount: int = 100_000, method: str = "upi") -> CaptureFact:
    return CaptureFact(provider_id=provider_id, amount=amount, currency="INR", method=method)


def test_capture_when_paid() -> None:
    asked = builders.checkout()
    builders.pay(asked)
    result = operations.capture_from_gateway(checkout_id=asked.pk, now=builders.NOW)

    assert result is not None
    assert result.usable is True
    assert (result.payment.amount, result.payment.source, result.payment.recorded_by) == (
        100_000,
        "chain:1",
        "gateway:sandbox",
    )
    assert Checkout.objects.get().state == CheckoutState.PAID
    assert builders.balance(Account.PATIENT_FUNDS) == 100_000
    assert queries.payment_for(cause="hold:1") == result.payment
    assert list(queries.payments_for(causes=["hold:1", "hold:2"])) == [result.payment]


def test_capture_when_told_three_times() -> None:
    asked = builders.checkout()
    builders.pay(asked)
    results = [operations.capture_from_gateway(checkout_id=asked.pk, now=builders.NOW) for _ in range(3)]

    assert len({result.payment.pk for result in results if result}) == 1
    assert Payment.objects.count() == 1
    assert LedgerEntry.objects.count() == 1


def test_capture_when_nobody_paid_yet() -> None:
    asked = builders.checkout()

    assert operations.capture_from_gateway(checkout_id=asked.pk, now=builders.NOW) is None
    assert Checkout.objects.get().state == CheckoutState.OPEN


def test_capture_when_nobody_paid_in_time() -> None:
    asked = builders.checkout()

    assert operations.capture_from_gateway(checkout_id=asked.pk, now=LATER) is None
    assert Checkout.objects.get().state == CheckoutState.EXPIRED
    assert operations.capture_from_gateway(checkout_id=asked.pk, now=LATER) is None


def test_capture_when_declined_then_paid() -> None:
    asked = builders.checkout()
    builders.pay(asked, paid=False)
    assert operations.capture_from_gateway(checkout_id=asked.pk, now=builders.NOW) is None
    assert Checkout.objects.get().state == CheckoutState.DECLINED

    builders.pay(asked)
    result = operations.capture_from_gateway(checkout_id=asked.pk, now=builders.NOW)
    assert result is not None
    assert result.usable is True
    assert Checkout.objects.get().state == CheckoutState.PAID


def test_capture_when_too_late() -> None:
    asked = builders.checkout()
    builders.pay(asked)
    result = operations.capture_from_gateway(checkout_id=asked.pk, now=LATER)

    assert result is not None
    assert result.usable is False
    assert Checkout.objects.get().state == CheckoutState.OPEN
    assert list(queries.unusable_payments()) == [result.payment]
    assert list(queries.payments_of(source="chain:1")) == []


def test_unusable_payment_when_refunded() -> None:
    asked = builders.checkout()
    builders.pay(asked)
    result = operations.capture_from_gateway(checkout_id=asked.pk, now=LATER)
    assert result is not None
    builders.refund(result.payment, amount=100_000, cause="late:1")

    assert list(queries.unusable_payments()) == []


def test_capture_when_less_was_paid(gateway: FakeGateway) -> None:
    asked = builders.checkout(gateway="fake")
    gateway.on_checkout = CheckoutFact(captures=(captured(amount=99_999),))
    result = operations.capture_from_gateway(checkout_id=asked.pk, now=builders.NOW)

    assert result is not None
    assert (result.usable, result.payment.amount) == (False, 99_999)


def test_capture_when_paid_twice(gateway: FakeGateway) -> None:
    asked = builders.checkout(gateway="fake")
    gateway.on_checkout = CheckoutFact(captures=(captured("ch_1"), captured("ch_2")))
    result = operations.capture_from_gateway(checkout_id=asked.pk, now=builders.NOW)

    assert result is not None
    assert (result.usable, result.payment.provider_id) == (True, "ch_1")
    assert [payment.provider_id for payment in queries.unusable_payments()] == ["ch_2"]


@pytest.mark.parametrize(("method", "kept"), [("upi", "upi"), ("moonpay", "card")])
def test_capture_when_method_is(gateway: FakeGateway, method: str, kept: str) -> None:
    asked = builders.checkout(gateway="fake")
    gateway.on_checkout = CheckoutFact(captures=(captured(method=method),))
    operations.capture_from_gateway(checkout_id=asked.pk, now=builders.NOW)

    assert Payment.objects.get().method == kept


def test_capture_when_the_provider_is_silent(gateway: FakeGateway, caplog: pytest.LogCaptureFixture) -> None:
    asked = builders.checkout(gateway="fake")
    gateway.on_checkout = TimeoutError()

    assert operations.capture_from_gateway(checkout_id=asked.pk, now=LATER) is None
    assert Checkout.objects.get().state == CheckoutState.OPEN
    assert "no news of checkout" in caplog.text


def test_capture_when_known_for_another_checkout(gateway: FakeGateway) -> None:
    builders.payment_at("fake", provider_id="ch_1")
    other = builders.checkout(gateway="fake", cause="hold:2")

    with pytest.raises(PaymentMismatch):
        operations.record_capture(
            checkout_id=other.pk,
            provider_id="ch_1",
            amount=100_000,
            currency="INR",
            method="card",
            now=builders.NOW,
            actor="test",
        )
    assert Payment.objects.count() == 1


def test_checkout_when_another_of_its_deed_is_open(gateway: FakeGateway) -> None:
    first = builders.checkout(gateway="fake")
    gateway.on_checkout = CheckoutFact(declined=True)
    operations.capture_from_gateway(checkout_id=first.pk, now=builders.NOW)
    second = builders.checkout(gateway="fake")
    gateway.on_checkout = CheckoutFact()
    operations.capture_from_gateway(checkout_id=first.pk, now=LATER)

    assert Checkout.objects.get(pk=second.pk).state == CheckoutState.OPEN


def test_manual_payment_when_recorded_twice() -> None:
    assert builders.by_hand() == builders.by_hand()
    assert Payment.objects.get().recorded_by == "staff:1"
    assert LedgerEntry.objects.count() == 1


def test_manual_payment_when_repeated_with_another_amount() -> None:
    builders.by_hand()

    with pytest.raises(PaymentMismatch):
        builders.by_hand(amount=1)
    assert Payment.objects.count() == 1


def test_manual_payment_when_without_reference() -> None:
    builders.by_hand(reference="")
    builders.by_hand(reference="")

    assert Payment.objects.count() == 2


def test_manual_payment_when_amount_is_not_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        builders.by_hand(amount=0)
    assert Payment.objects.count() == 0


def test_credit_when_spent() -> None:
    builders.refund(builders.payment(), way=Way.CREDIT, holder="patient:1")
    builders.by_hand(method=Method.CREDIT, amount=50_000, holder="patient:1")

    assert queries.credit_balance(holder="patient:1", currency="INR") == 25_000
    assert queries.credit_balance(holder="patient:1", currency="EUR") == 0


def test_credit_when_too_low() -> None:
    builders.refund(builders.payment(), way=Way.CREDIT, holder="patient:1")

    with pytest.raises(CreditTooLow) as refused:
        builders.by_hand(method=Method.CREDIT, amount=75_001, holder="patient:1")
    assert refused.value.available == 75_000
    assert Payment.objects.count() == 1


def test_credit_when_it_belongs_to_nobody() -> None:
    with pytest.raises(ValueError, match="somebody"):
        builders.by_hand(method=Method.CREDIT)
    assert Payment.objects.count() == 0


def test_credit_when_returned_to_credit() -> None:
    builders.refund(builders.payment(), way=Way.CREDIT, holder="patient:1")
    spent = builders.by_hand(method=Method.CREDIT, amount=75_000, holder="patient:1")
    builders.refund(spent, amount=75_000, way=Way.CREDIT, holder="patient:1", cause="cancel:2")

    assert queries.credit_balance(holder="patient:1", currency="INR") == 75_000
