"""The provider's account and ours, both ways."""

from datetime import timedelta

import pytest
from django.db.models import F

from refunds.gateways.base import Rejected, Unknown
from refunds.gateways.registry import GATEWAYS
from refunds.models import Incident, OutsideRefund, Payment, RefundAttempt
from refunds.reconcile.nightly import LOOK_BACK, Report, reconcile_account
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact
from tests.refunds.reconcile.account import Account, dispute, outside, sent

pytestmark = pytest.mark.usefixtures("promises")
LATER = builders.NOW + timedelta(days=1)


def compare() -> Report:
    return reconcile_account(gateway="fake", now=LATER)


def told() -> list[str]:
    return list(Incident.objects.order_by("pk").values_list("kind", flat=True))


def accepted_days_ago() -> None:
    RefundAttempt.objects.update(first_sent_at=builders.NOW)


def test_ours_when_found_by_tag(account: Account) -> None:
    refund = sent(account)
    account.made(fact("succeeded"), tag=builders.attempt(refund).key)

    assert compare() == Report(gateway="fake", ours=1)
    assert builders.attempt(refund).state == "succeeded"
    assert account.asked_since == [LATER - LOOK_BACK]


def test_ours_when_its_tag_was_wiped(account: Account) -> None:
    refund = sent(account)
    account.made(fact("succeeded"))

    assert compare() == Report(gateway="fake", ours=1)
    assert builders.attempt(refund).state == "succeeded"


def test_ours_when_the_amount_differs(account: Account) -> None:
    refund = sent(account)
    account.made(fact("succeeded", amount=1), tag=builders.attempt(refund).key)
    compare()

    assert (builders.attempt(refund).state, told()) == ("accepted", ["mismatch"])


def test_outside_when_found_twice(account: Account) -> None:
    builders.payment_at("fake")
    account.made(outside())
    reports = [compare(), compare()]

    assert [report.external for report in reports] == [["re_out"], ["re_out"]]
    assert (Payment.objects.get().refunded_elsewhere, OutsideRefund.objects.count(), told()) == (
        10_000,
        1,
        ["outside_refund"],
    )


def test_stranger_when_listed(account: Account) -> None:
    account.made(outside())

    assert (compare(), OutsideRefund.objects.count()) == (Report(gateway="fake", strangers=1), 0)


@pytest.mark.parametrize(
    ("state", "after", "kinds"), [("succeeded", "rejected", ["lost_attempt"]), ("failed", "ready", [])]
)
def test_lost_when_a_later_try_is_known_there(account: Account, state: str, after: str, kinds: list[str]) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    account.made(fact(state), tag=f"rf_{refund.pk.hex}_2")  # type: ignore[arg-type]

    assert compare() == Report(gateway="fake", lost=["re_1"])
    assert (builders.attempt(refund).state, told()) == (after, kinds)


def test_lost_when_a_try_was_sent_here_too(account: Account) -> None:
    refund = sent(account, provider_id="re_2")
    account.made(fact("succeeded"), tag=f"rf_{refund.pk.hex}_2")
    account.made(fact("pending", provider_id="re_2"), tag=builders.attempt(refund).key)
    compare()

    assert (builders.attempt(refund).state, told()) == ("accepted", ["lost_attempt"])


def test_lost_when_its_refund_is_gone_as_well(account: Account) -> None:
    builders.payment_at("fake")
    account.made(outside(), tag=f"rf_{'0' * 32}_1")

    assert (compare().external, told()) == (["re_out"], ["outside_refund"])


def test_missing_when_the_provider_says_no(account: Account) -> None:
    refund = sent(account)
    accepted_days_ago()
    account.on_fetch = Rejected("no_such_payment")
    reports = [compare(), compare()]

    assert [report.missing_there for report in reports] == [["re_1"], ["re_1"]]
    assert (builders.attempt(refund).state, told()) == ("accepted", ["missing_there"])


def test_missing_when_it_is_there_all_the_same(account: Account) -> None:
    sent(account)
    accepted_days_ago()

    assert (compare(), told()) == (Report(gateway="fake"), [])


def test_missing_when_the_provider_gives_no_answer(account: Account) -> None:
    sent(account)
    accepted_days_ago()
    account.on_fetch = Unknown()

    with pytest.raises(Unknown):
        compare()
    assert told() == []


@pytest.mark.parametrize("shift", [timedelta(days=1), -LOOK_BACK])
def test_missing_when_at_the_edge_of_the_list(account: Account, shift: timedelta) -> None:
    sent(account)
    accepted_days_ago()
    RefundAttempt.objects.update(first_sent_at=F("first_sent_at") + shift)
    account.on_fetch = Rejected("no_such_payment")

    assert (compare(), told()) == (Report(gateway="fake"), [])


def test_account_when_it_breaks_off(account: Account) -> None:
    """Half a list proves nothing about what is missing."""
    sent(account)
    accepted_days_ago()
    account.on_fetch = Rejected("no_such_payment")
    account.silent = True

    with pytest.raises(TimeoutError):
        compare()
    assert told() == []


def test_disputes_when_listed(account: Account) -> None:
    builders.payment_at("fake")
    account.disputes = [dispute(), dispute(payment="pay_of_others")]

    assert (compare().disputes, told()) == (1, ["dispute"])


def test_account_when_the_provider_lists_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GATEWAYS, "fake", FakeGateway())

    assert compare() == Report(gateway="fake")
