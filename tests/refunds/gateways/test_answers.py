"""What an answer means, row by row, through both SDKs."""

from datetime import timedelta

import pytest

from refunds.gateways.base import KeyReused, NotRun, Rejected, Unknown
from tests.fake_provider.client import FakeProvider, Provider
from tests.fake_provider.fixtures import free_port
from tests.refunds.bench import Bench, bench_of


@pytest.mark.parametrize("answer", ["timeout", "reset", "500", "502", "503", "html", "html_404", "bad_json", "empty"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_unknown_when_no_clear_answer(bench: Bench, answer: str, when: str) -> None:
    payment = bench.payment()
    bench.fake.fault(answer, when=when, seconds=5)

    with pytest.raises(Unknown) as caught:
        bench.gateway.create_refund(bench.request(payment))

    assert type(caught.value) is Unknown
    assert bench.fake.executed() == ({payment: (1, 40_000)} if when == "after" else {})
    assert bench.called("create_refund") == 1


@pytest.mark.parametrize("answer", ["timeout", "reset", "500", "html", "bad_json", "empty"])
def test_unknown_when_the_search_gives_no_clear_answer(bench: Bench, answer: str) -> None:
    payment = bench.payment()
    bench.fake.fault(answer, operation="list_refunds", seconds=5)

    with pytest.raises(Unknown):
        bench.gateway.find_refunds(bench.request(payment))


@pytest.mark.parametrize("answer", ["timeout", "500", "html", "bad_json", "empty"])
def test_unknown_when_reading_gives_no_clear_answer(bench: Bench, answer: str) -> None:
    made = bench.gateway.create_refund(bench.request(bench.payment()))
    bench.fake.fault(answer, operation="fetch_refund", seconds=5)

    with pytest.raises(Unknown):
        bench.gateway.fetch_refund(made.provider_id)


@pytest.mark.parametrize(
    ("status", "alert", "wait"),
    [
        (401, True, timedelta(minutes=5)),
        (403, True, timedelta(minutes=5)),
        (409, False, timedelta(seconds=10)),
        (429, False, timedelta(seconds=10)),
    ],
)
def test_not_run_when_told_so(bench: Bench, status: int, alert: bool, wait: timedelta) -> None:  # noqa: FBT001
    payment = bench.payment()
    bench.fake.fault(status)

    with pytest.raises(NotRun) as caught:
        bench.gateway.create_refund(bench.request(payment))

    assert (caught.value.alert, caught.value.retry_after) == (alert, wait)
    assert bench.fake.executed() == {}


def test_not_run_when_our_key_is_wrong(bench: Bench) -> None:
    payment = bench.payment()
    bench.fake.set(api_keys={"stripe": "sk_test_other", "razorpay": "rzp_test_other:secret"})

    with pytest.raises(NotRun) as caught:
        bench.gateway.create_refund(bench.request(payment))

    assert caught.value.alert is True


def test_not_run_when_too_fast(bench: Bench) -> None:
    payment = bench.payment()
    bench.fake.set(rate=0)

    with pytest.raises(NotRun) as caught:
        bench.gateway.create_refund(bench.request(payment))

    assert caught.value.alert is False
    assert bench.fake.executed() == {}


def test_not_run_when_the_first_call_still_runs(bench: Bench) -> None:
    payment = bench.payment()
    bench.fake.fault("slow", seconds=30)
    with pytest.raises(Unknown):  # our patience ends; the provider is still at it
        bench.gateway.create_refund(bench.request(payment))

    with pytest.raises(NotRun):
        bench.gateway.create_refund(bench.request(payment))

    assert bench.called("create_refund") == 2


def test_key_when_used_twice(bench: Bench) -> None:
    payment = bench.payment()
    first = bench.gateway.create_refund(bench.request(payment))
    second = bench.gateway.create_refund(bench.request(payment))

    assert first == second
    assert bench.fake.executed() == {payment: (1, 40_000)}


def test_key_when_used_with_another_body(bench: Bench) -> None:
    payment = bench.payment()
    bench.gateway.create_refund(bench.request(payment))

    with pytest.raises(KeyReused):
        bench.gateway.create_refund(bench.request(payment, amount=50_000))

    assert bench.fake.executed() == {payment: (1, 40_000)}


def test_key_when_it_is_a_day_old(bench: Bench) -> None:
    payment = bench.payment()
    bench.gateway.create_refund(bench.request(payment))
    bench.fake.clock(ahead=25 * 3600)
    bench.gateway.create_refund(bench.request(payment))

    assert bench.fake.executed() == {payment: (2, 80_000)}, "which is why the engine never sends after 23 hours"
    assert bench.gateway.key_lifetime == timedelta(hours=23)


def test_stored_500_when_repeated(bench: Bench) -> None:
    payment = bench.payment()
    bench.fake.fault(500, when="after", stored=True)

    for _ in range(3):
        with pytest.raises(Unknown):
            bench.gateway.create_refund(bench.request(payment))

    assert bench.fake.executed() == {payment: (1, 40_000)}
    assert [fact.amount for fact in bench.gateway.find_refunds(bench.request(payment))] == [40_000]


def test_rejected_when_above_the_charge(bench: Bench) -> None:
    payment = bench.payment()

    with pytest.raises(Rejected) as caught:
        bench.gateway.create_refund(bench.request(payment, amount=1_000_001))

    assert caught.value.reason_code == "above_the_charge"
    assert caught.value.reason_text
    assert bench.fake.executed() == {}


def test_rejected_when_all_has_gone_back(bench: Bench) -> None:
    payment = bench.payment()
    bench.gateway.create_refund(bench.request(payment, amount=1_000_000))

    with pytest.raises(Rejected) as caught:
        bench.gateway.create_refund(bench.request(payment, amount=1, key="rf_0123456789_2"))

    assert caught.value.reason_code == "above_the_charge"
    assert bench.fake.executed() == {payment: (1, 1_000_000)}


def test_rejected_when_the_balance_is_low(bench: Bench) -> None:
    payment = bench.payment()
    bench.fake.set(low_balance=True)

    with pytest.raises(Rejected) as caught:
        bench.gateway.create_refund(bench.request(payment))

    assert caught.value.reason_code == "low_balance"
    assert bench.fake.executed() == {}


def test_rejected_when_the_payment_is_not_there(bench: Bench) -> None:
    request = bench.request("pi_none" if bench.provider == "stripe" else "pay_none")

    with pytest.raises(Rejected) as caught:
        bench.gateway.create_refund(request)

    assert caught.value.reason_code == "no_such_payment"
    assert bench.gateway.find_refunds(request) == ()


def test_rejected_when_the_payment_is_older_than_six_months(razorpay: Bench) -> None:
    payment = razorpay.payment(age=183 * 86_400)

    with pytest.raises(Rejected) as caught:
        razorpay.gateway.create_refund(razorpay.request(payment))

    assert caught.value.reason_code == "too_old"


@pytest.mark.parametrize("status", [400, 404, 422])
def test_rejected_when_another_no_is_in_the_provider_s_words(bench: Bench, status: int) -> None:
    bench.fake.fault(status)

    with pytest.raises(Rejected) as caught:
        bench.gateway.create_refund(bench.request(bench.payment()))

    assert (caught.value.reason_code, caught.value.reason_text) == ("declined", "Something went wrong.")


@pytest.mark.parametrize("provider", ["stripe", "razorpay"])
def test_unknown_when_nobody_listens(provider: Provider, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = bench_of(provider, FakeProvider(f"http://127.0.0.1:{free_port()}"))

    with pytest.raises(Unknown):
        nobody.gateway.create_refund(nobody.request("pi_1"))

    assert capsys.readouterr().out == "", "the SDK prints on network errors"
