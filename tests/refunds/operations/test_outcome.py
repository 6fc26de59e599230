"""One door for every fact: late, twice, out of order or about other money."""

import pytest

from refunds import operations
from refunds.gateways.base import RefundFact, Rejected, Unknown
from refunds.models import Account, Incident, LedgerEntry, Payment, Refund, RefundAttempt, RefundEvent, Way
from refunds.operations.outcome import apply_rejection
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.usefixtures("promises")


@pytest.fixture
def refund(gateway: FakeGateway) -> Refund:
    """Granted, with the provider that does what the test says."""
    return builders.refund(builders.payment_at("fake"))


def tell(refund: Refund, told: RefundFact, *, number: int = 1) -> Refund:
    attempt = RefundAttempt.objects.get(refund=refund, number=number)
    return operations.apply_outcome(attempt_id=attempt.pk, fact=told, now=builders.NOW, actor="gateway:fake")


def states(refund: Refund) -> tuple[str, list[str]]:
    return Refund.objects.get(pk=refund.pk).status, [attempt.state for attempt in refund.attempts.all()]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (["pending", "pending"], ("processing", ["accepted"])),
        (["pending", "succeeded"], ("completed", ["succeeded"])),
        (["succeeded", "succeeded"], ("completed", ["succeeded"])),
        (["succeeded", "pending"], ("completed", ["succeeded"])),
        (["pending", "failed"], ("failed", ["rejected"])),
        (["failed", "failed"], ("failed", ["rejected"])),
        (["failed", "pending"], ("failed", ["rejected"])),
        (["failed", "succeeded"], ("completed", ["succeeded"])),
        (["succeeded", "failed"], ("failed", ["returned"])),
        (["succeeded", "failed", "failed"], ("failed", ["returned"])),
        (["succeeded", "failed", "succeeded"], ("failed", ["returned"])),
        (["succeeded", "failed", "pending"], ("failed", ["returned"])),
    ],
)
def test_facts_when_told_in_any_order(refund: Refund, told: list[str], expected: tuple[str, list[str]]) -> None:
    builders.take(refund)
    for state in told:
        tell(refund, fact(state))  # type: ignore[arg-type]

    assert states(refund) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("pending", ("processing", ["accepted"])),
        ("succeeded", ("completed", ["succeeded"])),
        ("failed", ("failed", ["rejected"])),
    ],
)
def test_fact_when_an_old_backup_was_restored(refund: Refund, state: str, expected: tuple[str, list[str]]) -> None:
    tell(refund, fact(state))  # type: ignore[arg-type]

    assert states(refund) == expected


def test_success_when_told_twice_posts_once(refund: Refund) -> None:
    tell(refund, fact("succeeded"))
    tell(refund, fact("succeeded", reference="ARN9"))

    assert LedgerEntry.objects.filter(kind="paid").count() == 1
    assert RefundEvent.objects.filter(to_status="completed").count() == 1
    assert builders.attempt(refund).reference == "ARN9"
    tell(refund, fact("succeeded"))
    assert builders.attempt(refund).reference == "ARN9"


def test_return_when_completed(refund: Refund) -> None:
    tell(refund, fact("succeeded"))
    after = tell(refund, fact("failed", reason="account closed"))

    assert (after.reason_code, after.reason_text, after.settled_at) == ("returned_by_bank", "account closed", None)
    assert builders.balance(Account.REFUNDS_PAYABLE) == 75_000
    assert Payment.objects.get().reserved == 75_000
    assert str(LedgerEntry.objects.get(kind="returned")) == f"returned:{builders.attempt(refund).key}"


def test_failure_when_the_provider_gives_no_reason(refund: Refund) -> None:
    assert tell(refund, fact("failed")).reason_code == "declined"


def test_failure_when_already_given_up(refund: Refund, gateway: FakeGateway) -> None:
    builders.give_up(refund, gateway)
    after = tell(refund, fact("failed", reason="too_old"))

    assert states(refund) == ("failed", ["rejected"])
    assert (after.reason_code, after.next_at) == ("too_old", None)
    assert RefundEvent.objects.filter(refund=refund).count() == 3


def test_pending_when_already_given_up(refund: Refund, gateway: FakeGateway) -> None:
    builders.give_up(refund, gateway)
    after = tell(refund, fact("pending"))

    assert states(refund) == ("processing", ["accepted"])
    assert after.reason_code == ""
    assert str(RefundEvent.objects.last()) == "failed > processing"


def test_pending_when_a_certain_no_was_none(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Rejected("closed_card")
    builders.work(refund)
    tell(refund, fact("pending"))

    assert states(refund) == ("processing", ["accepted"])


def test_success_when_cash_is_ready_instead(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Rejected("closed_card")
    builders.work(refund)
    operations.pay_another_way(refund_id=refund.pk, way=Way.CASH, actor="staff:1", now=builders.NOW)
    tell(refund, fact("succeeded"))
    tell(refund, fact("succeeded"))

    assert states(refund) == ("processing", ["rejected", "ready"])
    assert [(incident.kind, incident.details["provider_id"]) for incident in Incident.objects.all()] == [
        ("late_success", "re_1")
    ]


def test_success_when_cash_was_paid_instead(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Rejected("closed_card")
    builders.work(refund)
    operations.pay_another_way(refund_id=refund.pk, way=Way.CASH, actor="staff:1", now=builders.NOW)
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="C-7", now=builders.NOW)
    tell(refund, fact("succeeded"))

    assert states(refund) == ("completed", ["rejected", "succeeded"])
    assert Incident.objects.get().kind == "late_success"


def test_success_when_a_second_try_failed_too(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = Rejected("closed_card")
    builders.work(refund)
    operations.retry(refund_id=refund.pk, actor="staff:1", now=builders.NOW)
    builders.work(refund)
    tell(refund, fact("succeeded"))

    assert states(refund) == ("completed", ["succeeded", "rejected"])
    assert builders.attempt(refund).number == 1


@pytest.mark.parametrize(
    "wrong",
    [fact(amount=74_999), fact(currency="EUR"), fact(payment="pay_2")],
)
def test_fact_when_about_other_money(refund: Refund, gateway: FakeGateway, wrong: RefundFact) -> None:
    gateway.on_send = Unknown()
    builders.work(refund)
    after = tell(refund, wrong)

    assert states(refund) == ("failed", ["unknown"])
    assert (after.reason_code, after.next_at) == ("mismatch", None)
    assert Incident.objects.get().kind == "mismatch"
    assert builders.attempt(refund).provider_id is None


def test_fact_when_about_other_money_at_the_send(refund: Refund, gateway: FakeGateway) -> None:
    gateway.on_send = fact(amount=1)
    builders.work(refund)

    assert states(refund) == ("failed", ["unknown"])


def test_fact_when_about_other_money_before_the_send(refund: Refund) -> None:
    tell(refund, fact(amount=1))

    assert states(refund) == ("failed", ["unknown"])


def test_fact_when_about_other_money_after_acceptance(refund: Refund) -> None:
    tell(refund, fact("pending"))
    after = tell(refund, fact("succeeded", amount=1))

    assert states(refund) == ("processing", ["accepted"])
    assert after.next_at is not None


def test_fact_when_another_refund_has_its_id(refund: Refund, gateway: FakeGateway) -> None:
    tell(refund, fact("succeeded"))
    other = builders.refund(builders.payment_at("fake", provider_id="pay_2"), cause="cancel:2")
    tell(other, fact("succeeded", payment="pay_2"))

    assert states(other) == ("failed", ["unknown"])
    assert Incident.objects.get().refund == other


def test_rejection_when_the_try_is_over(refund: Refund) -> None:
    tell(refund, fact("succeeded"))
    apply_rejection(
        attempt_id=builders.attempt(refund).pk, reason_code="late", reason_text="", now=builders.NOW, actor="x"
    )

    assert states(refund) == ("completed", ["succeeded"])
