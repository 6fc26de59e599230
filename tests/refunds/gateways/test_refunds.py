"""Refunds at real providers: what is sent, and how what comes back is read."""

import pytest

from refunds.gateways.base import NotRun, RefundFact, Rejected, Unknown
from refunds.models import Method
from tests.refunds.bench import Bench


def test_refund_when_done_at_once(bench: Bench) -> None:
    payment = bench.payment()
    made = bench.gateway.create_refund(bench.request(payment))

    assert made == RefundFact(
        provider_id=bench.made()[0]["id"],
        state="succeeded",
        amount=40_000,
        currency="INR",
        payment_provider_id=payment,
        reference=bench.made()[0]["reference"],
    )
    assert made.reference.startswith("ARN")
    assert bench.made()[0]["tags"] == {"fairslot_refund": "rf_0123456789_1"}


def test_refund_when_it_takes_a_while(bench: Bench) -> None:
    bench.fake.set(settle_after=3600)
    made = bench.gateway.create_refund(bench.request(bench.payment()))
    bench.fake.settle()
    after = bench.gateway.fetch_refund(made.provider_id)

    assert (made.state, made.reference) == ("pending", "")
    assert (after.state, after.reference[:3]) == ("succeeded", "ARN")


@pytest.mark.parametrize(
    ("outcome", "stripe_reason"), [("closed_card", "closed_card"), ("failed", "declined"), ("returned", "declined")]
)
def test_refund_when_it_fails_later(bench: Bench, outcome: str, stripe_reason: str) -> None:
    bench.fake.set(settle_after=3600)
    made = bench.gateway.create_refund(bench.request(bench.payment()))
    bench.fake.settle(outcome)
    after = bench.gateway.fetch_refund(made.provider_id)

    assert (after.state, after.reason) == ("failed", stripe_reason if bench.provider == "stripe" else "declined")


def test_found_when_it_carries_our_tag(bench: Bench) -> None:
    payment = bench.payment()
    made = bench.gateway.create_refund(bench.request(payment))
    bench.gateway.create_refund(bench.request(payment, key="rf_another_00_1"))
    bench.fake.dashboard_refund(payment, amount=10_000)

    assert bench.gateway.find_refunds(bench.request(payment)) == (made,)


def test_found_when_there_are_many_pages(bench: Bench) -> None:
    payment = bench.payment()
    made = bench.gateway.create_refund(bench.request(payment))
    for _ in range(120):
        bench.fake.dashboard_refund(payment, amount=1)

    assert bench.gateway.find_refunds(bench.request(payment)) == (made,)
    assert bench.called("list_refunds") == 2


def test_found_when_there_is_none(bench: Bench) -> None:
    assert bench.gateway.find_refunds(bench.request(bench.payment())) == ()


def test_search_when_it_is_refused(bench: Bench) -> None:
    bench.fake.fault(400, operation="list_refunds")

    with pytest.raises(Unknown):
        bench.gateway.find_refunds(bench.request(bench.payment()))


def test_search_when_our_key_is_refused(bench: Bench) -> None:
    bench.fake.fault(401, operation="list_refunds")

    with pytest.raises(NotRun):
        bench.gateway.find_refunds(bench.request(bench.payment()))


@pytest.mark.parametrize(
    ("currency", "amount", "stripe_amount", "razorpay_amount"),
    [
        ("INR", 12_345, 12_345, 12_345),
        ("JPY", 500, 500, 500),
        ("KWD", 12_340, 12_340, 12_340),
        ("ISK", 70, 7_000, 70),
        ("MGA", 12_300, 123, 12_300),
    ],
)
def test_amount_when_currency(
    bench: Bench, currency: str, amount: int, stripe_amount: int, razorpay_amount: int
) -> None:
    payment = bench.payment(currency=currency)
    made = bench.gateway.create_refund(bench.request(payment, amount=amount, currency=currency))

    assert bench.made()[0]["amount"] == {"stripe": stripe_amount, "razorpay": razorpay_amount}[bench.provider]
    assert (made.amount, made.currency) == (amount, currency)


def test_amount_when_three_places_do_not_end_in_nought(bench: Bench) -> None:
    payment = bench.payment(currency="KWD")

    with pytest.raises(Rejected) as caught:
        bench.gateway.create_refund(bench.request(payment, amount=12_345, currency="KWD"))

    assert caught.value.reason_code == "amount_not_possible"
    assert bench.called("create_refund") == 0


def test_amount_when_it_comes_back_in_parts_of_a_minor_unit(stripe: Bench) -> None:
    payment = stripe.payment(currency="ISK")
    refund = stripe.fake.dashboard_refund(payment, amount=7_050)

    with pytest.raises(Unknown):
        stripe.gateway.fetch_refund(refund["id"])


def test_authorization_when_only_that_was_taken(stripe: Bench) -> None:
    payment = stripe.payment(amount=40_000, status="authorized")
    request = stripe.request(payment)
    made = stripe.gateway.create_refund(request)

    assert (made.state, made.amount, made.provider_id) == ("succeeded", 40_000, payment)
    assert stripe.fake.ask("payments")[0]["status"] == "canceled"
    assert stripe.fake.executed() == {}
    assert stripe.gateway.find_refunds(request) == (made,)
    assert stripe.gateway.fetch_refund(payment) == made


def test_authorization_when_only_a_part_is_to_go_back(stripe: Bench) -> None:
    payment = stripe.payment(status="authorized")

    with pytest.raises(Rejected) as caught:
        stripe.gateway.create_refund(stripe.request(payment))

    assert caught.value.reason_code == "not_captured"
    assert stripe.fake.ask("payments")[0]["status"] == "authorized"


def test_capture_when_razorpay_has_none(razorpay: Bench) -> None:
    with pytest.raises(Rejected) as caught:
        razorpay.gateway.create_refund(razorpay.request(razorpay.payment(status="authorized")))

    assert caught.value.reason_code == "not_captured"


def test_method_when_read(bench: Bench) -> None:
    methods = {
        method: bench.gateway.read_payment(bench.payment(method=method)) for method in ("card", "upi", "strange")
    }
    found = {method: read.capture.method for method, read in methods.items() if read.capture}

    assert found == {"card": "card", "upi": "upi", "strange": bench.provider}
    assert set(found.values()) <= set(Method.values)


def test_payment_when_another_shop_shares_the_account(bench: Bench) -> None:
    payment = bench.payment(tags={"fairslot_checkout": "none of ours"})

    assert bench.gateway.read_payment(payment).checkout_id is None
