"""Paying at real providers: the page, the payer's choice, and what we read of it."""

import urllib.parse
import urllib.request
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from refunds import operations
from refunds.gateways.base import CaptureFact, CheckoutFact, GatewayError, Unknown
from refunds.gateways.registry import GATEWAYS
from refunds.models import Checkout, CheckoutState, Payment
from tests.fake_provider.client import FakeProvider
from tests.refunds import builders
from tests.refunds.bench import PAID, SITE, Bench, stripe_gateway

pytestmark = pytest.mark.usefixtures("promises")


@pytest.fixture
def asked(bench: Bench) -> Checkout:
    """Ten thousand rupees are asked for, now."""
    return builders.checkout(gateway=bench.provider, amount=PAID, now=timezone.now())


def start(asked: Checkout) -> str:
    url = operations.start_checkout(checkout_id=asked.pk, now=timezone.now())
    assert url is not None
    return url


def page_of(asked: Checkout) -> str:
    start(asked)
    return Checkout.objects.get(pk=asked.pk).provider_id


def choose(url: str, outcome: str) -> str:
    """Post the form as a browser would; where it leads, or the page that comes."""
    opener = urllib.request.build_opener(_NoRedirect)
    data = urllib.parse.urlencode({"outcome": outcome, "method": "upi"}).encode()
    with opener.open(url, data, timeout=5) as answer:
        return str(answer.headers.get("Location") or answer.read().decode())


class _NoRedirect(urllib.request.HTTPErrorProcessor):
    def http_response(self, request: object, response: object) -> object:
        return response


def test_page_when_asked_for(asked: Checkout, bench: Bench) -> None:
    with urllib.request.urlopen(start(asked), timeout=5) as page:
        text = page.read().decode()

    assert f"{bench.provider.capitalize()}: pay 1000000 INR" in text


def test_page_when_asked_for_twice(asked: Checkout, bench: Bench) -> None:
    assert start(asked) == start(asked)
    assert len(bench.fake.ask("checkouts")) == 1


def test_page_when_the_first_answer_was_lost(asked: Checkout, bench: Bench) -> None:
    bench.fake.fault("timeout", operation="create_checkout", when="after", seconds=5)
    with pytest.raises(Unknown):
        start(asked)

    assert bench.fake.ask("checkouts")[0]["id"] in start(asked)
    assert len(bench.fake.ask("checkouts")) == 1


@pytest.mark.parametrize("answer", ["401", "500", "html", "reset"])
def test_page_when_the_provider_gives_none(asked: Checkout, bench: Bench, answer: str) -> None:
    bench.fake.fault(answer, operation="create_checkout")

    with pytest.raises(GatewayError):
        start(asked)

    assert Checkout.objects.get().provider_id == ""


def test_payment_when_made_on_the_page(asked: Checkout, bench: Bench) -> None:
    back = choose(start(asked), "pay")
    captured = operations.capture_from_gateway(checkout_id=asked.pk, now=timezone.now())

    assert back == f"{SITE}/appointments/1/"
    assert captured is not None
    assert captured.usable is True
    assert (captured.payment.amount, captured.payment.method, captured.payment.gateway) == (PAID, "upi", bench.provider)
    assert Checkout.objects.get().state == CheckoutState.PAID


def test_payment_when_declined_and_then_made(asked: Checkout, bench: Bench) -> None:
    url = start(asked)
    assert "declined" in choose(url, "decline")
    nothing = operations.capture_from_gateway(checkout_id=asked.pk, now=timezone.now())
    between = Checkout.objects.get().state
    choose(url, "pay")
    captured = operations.capture_from_gateway(checkout_id=asked.pk, now=timezone.now())

    assert (nothing, between) == (None, CheckoutState.DECLINED)
    assert captured is not None
    assert (captured.usable, Checkout.objects.get().state) == (True, CheckoutState.PAID)


def test_payment_when_nobody_has_paid_yet(asked: Checkout, bench: Bench) -> None:
    start(asked)

    assert operations.capture_from_gateway(checkout_id=asked.pk, now=timezone.now()) is None
    assert bench.gateway.look_at_checkout(bench.asked(asked)) == CheckoutFact()
    assert Checkout.objects.get().state == CheckoutState.OPEN


def test_payment_when_the_page_was_never_made(asked: Checkout, bench: Bench) -> None:
    assert bench.gateway.look_at_checkout(bench.asked(asked)) == CheckoutFact()


def test_payment_when_it_comes_after_the_draft_has_expired(asked: Checkout, bench: Bench) -> None:
    bench.fake.pay(page_of(asked))
    late = operations.capture_from_gateway(checkout_id=asked.pk, now=timezone.now() + timedelta(minutes=11))

    assert late is not None
    assert late.usable is False


def test_payment_when_the_payer_paid_twice(razorpay: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GATEWAYS, "razorpay", razorpay.gateway)
    asked = builders.checkout(gateway="razorpay", amount=PAID, now=timezone.now())
    page = page_of(asked)
    razorpay.fake.pay(page)
    razorpay.fake.pay(page, again=True)
    operations.capture_from_gateway(checkout_id=asked.pk, now=timezone.now())

    assert sorted(Payment.objects.values_list("usable", flat=True)) == [False, True]


def test_payment_when_refunded_before_we_looked(asked: Checkout, bench: Bench) -> None:
    payment = bench.fake.pay(page_of(asked))
    assert payment is not None
    bench.fake.dashboard_refund(payment["id"], amount=PAID)

    assert bench.gateway.look_at_checkout(bench.asked(asked)).captures == (
        CaptureFact(provider_id=payment["id"], amount=PAID, currency="INR", method="card"),
    )


@pytest.mark.parametrize("answer", ["timeout", "500", "html", "bad_json", "empty"])
def test_news_when_there_are_none(asked: Checkout, bench: Bench, answer: str) -> None:
    bench.fake.pay(page_of(asked))
    bench.fake.fault(answer, operation="fetch_checkout", seconds=5)
    first = operations.capture_from_gateway(checkout_id=asked.pk, now=timezone.now())
    second = operations.capture_from_gateway(checkout_id=asked.pk, now=timezone.now())

    assert first is None
    assert second is not None


def test_money_when_it_is_only_authorized(fake_provider: FakeProvider, stripe: Bench) -> None:
    asked = builders.checkout(gateway="stripe", amount=PAID, now=timezone.now())
    page = stripe.checkout_page(asked)
    fake_provider.pay(page, "authorize")
    Checkout.objects.update(provider_id=page)

    assert stripe.gateway.look_at_checkout(stripe.asked(asked)) == CheckoutFact(declined=True)
    assert fake_provider.ask("payments")[0]["status"] == "canceled"
    assert stripe.gateway.look_at_checkout(stripe.asked(asked)) == CheckoutFact(declined=True)


def test_page_when_it_was_paid_already(fake_provider: FakeProvider, stripe: Bench) -> None:
    asked = builders.checkout(gateway="stripe", amount=PAID, now=timezone.now())
    page = stripe.checkout_page(asked)
    fake_provider.pay(page)
    Checkout.objects.update(provider_id=page)

    assert stripe.gateway.start_checkout(stripe.asked(asked)).url == f"{SITE}/appointments/1/"


def test_page_when_the_second_try_speaks_another_language(fake_provider: FakeProvider) -> None:
    asked = builders.checkout(gateway="stripe", amount=PAID, now=timezone.now())
    stripe = Bench("stripe", fake_provider, stripe_gateway(fake_provider))
    first = stripe.checkout_page(asked)

    with translation.override("de"):
        assert stripe.checkout_page(asked) != first
