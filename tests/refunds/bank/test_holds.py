"""Refunds on hold: not paid until the time is over, or until somebody without a hand in them has made sure."""

from datetime import timedelta

import pytest

from refunds import operations
from refunds.admin.holds import hold_in_words
from refunds.bank import holds, queries
from refunds.bank.errors import Concerned, NothingToPay, NotOnHold, PayeeOnHold
from refunds.bank.payees import Hold, give_bank_details
from refunds.errors import ReasonMissing
from refunds.models import HoldReason, HoldRelease, Refund, RefundPayee
from tests.refunds.bank.accounts import A_DAY, INDIA, OTHER, give, payable, transfer
from tests.refunds.bank.files import NOW, make, status

pytestmark = pytest.mark.usefixtures("promises")
_UNTIL = NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def _nobody_else_is_concerned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of other apps are for their own tests."""
    monkeypatch.setattr(holds, "_rules", [])


def held() -> Refund:
    """Details that came soon after a change of address."""
    refund = transfer()
    hold = Hold(until=_UNTIL, reason=HoldReason.CONTACT)
    give_bank_details(refund_id=refund.pk, details=INDIA, actor="patient:1", now=NOW, hold=hold)
    return refund


def release(refund: Refund, *, actor: str = "staff:2", reason: str = " Called her ") -> HoldRelease:
    return holds.release_hold(refund_id=refund.pk, reason=reason, actor=actor, now=NOW)


def test_refund_when_on_hold() -> None:
    refund = held()

    with pytest.raises(NothingToPay):
        make()
    with pytest.raises(PayeeOnHold):
        operations.confirm_by_hand(refund_id=refund.pk, evidence="T-1", actor="staff:2", now=NOW)
    assert status(refund) == "pending"


def test_refund_when_its_hold_is_over() -> None:
    refund = held()

    assert make(now=_UNTIL).rows.get().refund == refund


def test_hold_when_details_were_changed_too() -> None:
    refund = held()
    hold = Hold(until=_UNTIL, reason=HoldReason.CONTACT)
    payee = give_bank_details(refund_id=refund.pk, details=OTHER, actor="patient:1", now=NOW, hold=hold)

    assert (payee.number, payee.holds_until, payee.hold_reason) == (2, _UNTIL, "contact_changed")


def test_hold_when_only_details_were_changed() -> None:
    refund = payable()
    give(refund, OTHER)

    payee = RefundPayee.objects.get(number=2)
    assert (payee.holds_until, payee.hold_reason) == (NOW + A_DAY, "details_changed")


def test_release_when_made_sure() -> None:
    refund = held()
    made = release(refund)

    assert (made.released_by, made.reason, made.released_at) == ("staff:2", "Called her", NOW)
    assert make().rows.get().refund == refund


def test_release_when_repeated() -> None:
    refund = held()

    assert release(refund) == release(refund, actor="staff:9", reason="Again")
    assert HoldRelease.objects.get().released_by == "staff:2"


def test_release_when_details_change_after_it() -> None:
    refund = held()
    release(refund)
    give(refund, OTHER)

    payee = queries.payee_of(refund=refund)
    assert payee is not None
    assert queries.is_on_hold(payee=payee, now=NOW)


@pytest.mark.parametrize(
    ("actor", "reason", "error"),
    [("staff:2", " ", ReasonMissing), ("patient:1", "It is me", Concerned), ("staff:7", "Sure", Concerned)],
)
def test_release_when_refused(actor: str, reason: str, error: type[Exception]) -> None:
    refund = held()
    holds.concerned_by(lambda _refund: frozenset({"staff:7"}))

    with pytest.raises(error):
        release(refund, actor=actor, reason=reason)
    assert HoldRelease.objects.count() == 0


def test_release_when_nothing_is_on_hold() -> None:
    with pytest.raises(NotOnHold):
        release(payable())
    with pytest.raises(NotOnHold):
        release(transfer(cause="cancel:2"))
    assert HoldRelease.objects.count() == 0


def test_rule_when_given_twice() -> None:
    def rule(_: Refund) -> frozenset[str]:
        return frozenset({"staff:7"})

    holds.concerned_by(rule)
    holds.concerned_by(rule)

    assert holds._rules == [rule]


def test_words_when_nothing_waits() -> None:
    assert hold_in_words(refund=transfer(cause="cancel:2"), now=NOW) == ""
    assert hold_in_words(refund=held(), now=_UNTIL) == ""


def test_words_when_only_details_were_changed() -> None:
    refund = payable()
    give(refund, OTHER)

    words = hold_in_words(refund=refund, now=NOW)
    assert words.startswith("On hold until Nov. 3, 2026, 9 a.m.: the bank details were changed. Call the patient")


def test_words_when_released() -> None:
    refund = held()
    released = release(refund)

    assert str(released) == "staff:2 2026-11-02 09:00"
    assert hold_in_words(refund=refund, now=NOW).startswith("Released by staff:2 on ")
    assert hold_in_words(refund=refund, now=NOW).endswith(": Called her")
