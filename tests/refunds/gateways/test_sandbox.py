"""The sandbox keeps its own books, and plays each fault that an amount asks for."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import override_settings

from refunds import operations
from refunds.gateways.base import KeyReused, RefundRequest, Rejected, Unknown
from refunds.gateways.registry import gateway_named
from refunds.gateways.sandbox import SandboxGateway
from refunds.models import Refund, SandboxCharge, SandboxRefund, SandboxRequest, Way
from tests.refunds import builders

pytestmark = pytest.mark.usefixtures("promises")
sandbox = SandboxGateway()


def request(key: str = "rf_1_1", amount: int = 40_000, currency: str = "INR") -> RefundRequest:
    charge = SandboxCharge.objects.get()
    return RefundRequest(key=key, tag=key, payment_provider_id=charge.pk, amount=amount, currency=currency)


@pytest.fixture
def charge() -> SandboxCharge:
    """A paid charge of a thousand rupees."""
    builders.payment()
    return SandboxCharge.objects.get()


def test_refund_when_made(charge: SandboxCharge) -> None:
    made = sandbox.create_refund(request())

    assert (made.state, made.amount, made.currency, made.reference) == ("pending", 40_000, "INR", "")
    assert str(SandboxRefund.objects.get()) == made.provider_id
    assert str(SandboxRequest.objects.get()) == "rf_1_1"
    assert str(charge) == made.payment_provider_id


def test_refund_when_settled(charge: SandboxCharge) -> None:
    made = sandbox.create_refund(request())
    builders.settle_at_the_sandbox()
    after = sandbox.fetch_refund(made.provider_id)

    assert after.state == "succeeded"
    assert after.reference.startswith("SBX")


@pytest.mark.parametrize(("seconds", "state"), [(0, "succeeded"), (60, "pending")])
def test_refund_when_it_settles_after(charge: SandboxCharge, seconds: int, state: str) -> None:
    with override_settings(SANDBOX_SETTLE_SECONDS=seconds):
        made = sandbox.create_refund(request())
    SandboxRefund.objects.filter(settles_at__lte=Now()).update(settles_at=Now() - timedelta(seconds=1))

    assert sandbox.fetch_refund(made.provider_id).state == state


def test_key_when_used_twice(charge: SandboxCharge) -> None:
    assert sandbox.create_refund(request()) == sandbox.create_refund(request())
    assert SandboxRefund.objects.count() == 1


def test_key_when_used_for_another_body(charge: SandboxCharge) -> None:
    sandbox.create_refund(request())

    with pytest.raises(KeyReused):
        sandbox.create_refund(request(amount=1))
    assert SandboxRefund.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"amount": 60_001}, "above_the_charge"),
        ({"amount": 1, "currency": "EUR"}, "above_the_charge"),
        ({"amount": 40_011}, "closed_card"),
    ],
)
def test_refund_when_refused(charge: SandboxCharge, wrong: dict[str, int], reason: str) -> None:
    sandbox.create_refund(request())

    with pytest.raises(Rejected) as refused:
        sandbox.create_refund(request("rf_2_1", **wrong))  # type: ignore[arg-type]
    assert refused.value.reason_code == reason
    assert SandboxRefund.objects.count() == 1


def test_refund_when_charge_is_unknown(charge: SandboxCharge) -> None:
    with pytest.raises(Rejected, match="no_such_payment"):
        sandbox.create_refund(RefundRequest(key="k", tag="k", payment_provider_id="sbx_ch_0", amount=1, currency="INR"))


def test_refund_when_its_answer_is_lost(charge: SandboxCharge) -> None:
    with pytest.raises(Unknown):
        sandbox.create_refund(request(amount=40_013))
    assert [found.amount for found in sandbox.find_refunds(request(amount=40_013))] == [40_013]
    assert sandbox.create_refund(request(amount=40_013)).state == "pending"
    assert SandboxRefund.objects.count() == 1


@pytest.mark.parametrize("amount", [40_017, 40_023])
def test_refund_when_its_request_is_lost(charge: SandboxCharge, amount: int) -> None:
    with pytest.raises(Unknown):
        sandbox.create_refund(request(amount=amount))
    assert sandbox.find_refunds(request(amount=amount)) == ()
    assert sandbox.create_refund(request(amount=amount)).amount == amount


def test_refund_when_never_made(charge: SandboxCharge) -> None:
    with pytest.raises(Unknown):
        sandbox.fetch_refund("sbx_re_0")


def test_refund_when_slow(charge: SandboxCharge) -> None:
    sandbox.create_refund(request(amount=40_019))

    assert SandboxRefund.objects.filter(settles_at__gt=Now() + timedelta(seconds=110)).count() == 1


def test_refund_when_returned(charge: SandboxCharge) -> None:
    made = sandbox.create_refund(request(amount=40_029))
    builders.settle_at_the_sandbox()
    assert sandbox.fetch_refund(made.provider_id).state == "succeeded"

    builders.let_time_pass_at_the_sandbox()
    after = sandbox.fetch_refund(made.provider_id)
    assert (after.state, after.reason) == ("failed", "returned_by_bank")


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (75_000, ["processing", "completed", "completed"]),
        (75_011, ["failed", "failed", "failed"]),
        (75_013, ["processing", "completed", "completed"]),
        (75_017, ["processing", "processing", "completed"]),
        (75_019, ["processing", "completed", "completed"]),
        (75_023, ["processing", "processing", "completed"]),
        (75_029, ["processing", "completed", "failed"]),
    ],
)
def test_engine_when_amount_asks_for_a_fault(amount: int, expected: list[str]) -> None:
    refund = builders.refund(builders.payment(), amount=amount)
    seen = [builders.work(refund).status]
    builders.settle_at_the_sandbox()
    seen.append(builders.work(refund).status)
    builders.let_time_pass_at_the_sandbox()
    seen.append(builders.work(refund).status)

    assert seen == expected
    assert SandboxRefund.objects.count() == (0 if amount == 75_011 else 1)


def test_closed_card_when_paid_in_cash() -> None:
    refund = builders.refund(builders.payment(), amount=75_011)
    builders.work(refund)
    operations.pay_another_way(refund_id=refund.pk, way=Way.CASH, actor="staff:1", now=builders.NOW)
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="C-7", now=builders.NOW)

    assert Refund.objects.get().status == "completed"
    assert SandboxRefund.objects.count() == 0


def test_charge_when_paid_twice() -> None:
    asked = builders.checkout()
    builders.pay(asked)
    builders.pay(asked, paid=False)

    assert SandboxCharge.objects.get().paid is True


def test_gateway_when_named() -> None:
    assert gateway_named("sandbox").name == "sandbox"
    with pytest.raises(KeyError):
        gateway_named("nobody")
