"""Cash, bank transfers and the insurance window: people pay, and say so once."""

import pytest

from refunds import operations
from refunds.errors import AlreadySettled, EvidenceMissing, MayStillPay, NotByHand, ReasonMissing, RefundError
from refunds.gateways.base import Rejected, Unknown
from refunds.models import Account, LedgerEntry, Method, Refund, RefundEvent, Way
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.usefixtures("promises")


def cash() -> Refund:
    return builders.refund(builders.by_hand(), way=Way.CASH)


def confirm(refund: Refund, receipt: str = "C-7") -> Refund:
    return operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence=receipt, now=builders.NOW)


def fail(refund: Refund, code: str = "not_collected") -> Refund:
    return operations.mark_failed(
        refund_id=refund.pk, reason_code=code, reason_text="", actor="staff:1", now=builders.NOW
    )


def give_back(refund: Refund, reason: str = "Account closed.") -> Refund:
    return operations.mark_returned(refund_id=refund.pk, reason_text=reason, actor="staff:1", now=builders.NOW)


def states(refund: Refund) -> tuple[str, str]:
    return Refund.objects.get(pk=refund.pk).status, builders.attempt(refund).state


def test_cash_when_confirmed() -> None:
    refund = confirm(cash(), "  C-7 ")

    attempt = builders.attempt(refund)
    assert states(refund) == ("completed", "succeeded")
    assert attempt.reference == "C-7"
    assert attempt.evidence == {
        "receipt": "C-7",
        "confirmed_by": "staff:1",
        "confirmed_at": "2026-11-02T09:00:00+00:00",
    }
    assert list(RefundEvent.objects.values_list("to_status", "actor")) == [
        ("pending", "patient:1"),
        ("processing", "staff:1"),
        ("completed", "staff:1"),
    ]


@pytest.mark.parametrize(
    ("method", "way", "account"),
    [
        (Method.CASH, Way.CASH, Account.CLEARING),
        (Method.BANK_TRANSFER, Way.BANK_TRANSFER, Account.CLEARING),
        (Method.INSURANCE, Way.INSURANCE_WINDOW, Account.INSURER_PAYABLE),
    ],
)
def test_books_when_confirmed(method: Method, way: Way, account: Account) -> None:
    confirm(builders.refund(builders.by_hand(method=method), way=way))

    assert LedgerEntry.objects.get(kind="paid").credit == account


def test_cash_when_confirmed_twice() -> None:
    refund = confirm(cash())

    assert confirm(refund) == refund
    assert LedgerEntry.objects.filter(kind="paid").count() == 1


def test_cash_when_confirmed_with_another_receipt() -> None:
    refund = confirm(cash())

    with pytest.raises(AlreadySettled):
        confirm(refund, "C-8")
    assert builders.attempt(refund).reference == "C-7"


@pytest.mark.parametrize("receipt", ["", "   "])
def test_cash_when_confirmed_without_receipt(receipt: str) -> None:
    refund = cash()

    with pytest.raises(EvidenceMissing):
        confirm(refund, receipt)
    assert states(refund) == ("pending", "ready")


def test_cash_when_given_up_then_confirmed() -> None:
    refund = fail(cash())

    with pytest.raises(NotByHand):
        confirm(refund)
    assert states(refund) == ("failed", "rejected")


def test_confirmation_when_the_provider_may_still_pay(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = Unknown()
    builders.work(refund)

    with pytest.raises(MayStillPay):
        confirm(refund)
    assert states(refund) == ("processing", "unknown")


def test_confirmation_when_the_provider_said_no(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = Rejected("closed_card")
    builders.work(refund)

    with pytest.raises(NotByHand):
        confirm(refund)
    assert states(refund) == ("failed", "rejected")


def test_confirmation_when_the_provider_paid(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = fact("succeeded")
    builders.work(refund)

    with pytest.raises(AlreadySettled):
        confirm(refund)
    assert states(refund) == ("completed", "succeeded")


def test_failure_when_nobody_collected_the_cash() -> None:
    refund = fail(cash())

    assert (refund.status, refund.reason_code) == ("failed", "not_collected")
    assert fail(refund).reason_code == "not_collected"
    assert RefundEvent.objects.count() == 2


def test_failure_when_without_reason() -> None:
    refund = cash()

    with pytest.raises(ReasonMissing):
        fail(refund, "")
    assert states(refund) == ("pending", "ready")


def test_failure_when_completed() -> None:
    refund = confirm(cash())

    with pytest.raises(AlreadySettled):
        fail(refund)
    assert states(refund) == ("completed", "succeeded")


def test_failure_when_it_was_sent(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    builders.work(refund)

    with pytest.raises(MayStillPay):
        fail(refund)
    assert states(refund) == ("processing", "accepted")


def test_worker_when_a_person_gave_up_first(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    lease = builders.lease(refund)
    fail(refund)
    operations.process_refund(lease=lease, now=builders.NOW)

    assert gateway.sent == []
    assert states(refund) == ("failed", "rejected")


def test_transfer_when_returned() -> None:
    refund = confirm(builders.refund(builders.by_hand(), way=Way.BANK_TRANSFER))
    give_back(refund)
    give_back(refund)

    assert states(refund) == ("failed", "returned")
    assert LedgerEntry.objects.filter(kind="returned").count() == 1


@pytest.mark.parametrize(("reason", "error"), [(" ", ReasonMissing), ("Why", NotByHand)])
def test_return_when_refused(reason: str, error: type[RefundError]) -> None:
    refund = cash()

    with pytest.raises(error):
        give_back(refund, reason)
    assert states(refund) == ("pending", "ready")


def test_return_when_a_provider_watches(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = fact("succeeded")
    builders.work(refund)

    with pytest.raises(NotByHand):
        give_back(refund)
    assert states(refund) == ("completed", "succeeded")


def test_error_when_shown() -> None:
    assert str(AlreadySettled()) == "already_settled"
    assert str(AlreadySettled().sentence) == "This refund is already completed."
