"""The provider's balance against the ledger, day by day."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from refunds import operations
from refunds.gateways.base import Rejected
from refunds.models import Way
from refunds.reconcile.outside import book_outside
from refunds.reconcile.settlement import Day, Moved, UnreadableReport, as_csv, compare, ledger_days, provider_days
from tests.refunds import builders
from tests.refunds.fake import fact
from tests.refunds.reconcile.account import Account, outside

pytestmark = pytest.mark.usefixtures("promises")
HEAD = "date,currency,captured,refunded\n"
ON = date(2026, 11, 2)


def test_report_when_read() -> None:
    text = "\ufeffdate,currency,captured,refunded\n2026-11-02,inr,1000.00,750\n2026-11-02,JPY,500,\n2026-11-03,KWD,1.250,0\n"

    assert provider_days(text=text) == {
        (ON, "INR"): Moved(captured=100_000, refunded=75_000),
        (ON, "JPY"): Moved(captured=500),
        (date(2026, 11, 3), "KWD"): Moved(captured=1_250),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "headings"),
        ("date,currency,captured\n", "headings"),
        (HEAD + "02.11.2026,INR,1,1\n", "line 2"),
        (HEAD + "2026-11-02,INR,1.234,1\n", "line 2"),
        (HEAD + "2026-11-02,INR,-1,1\n", "line 2"),
        (HEAD + "2026-11-02,INR,x,1\n", "line 2"),
        (HEAD + "2026-11-02,INR\n", "line 2"),
        (HEAD + "2026-11-02,INR,1,1\n2026-11-02,INR,1,1\n", "line 3"),
    ],
)
def test_report_when_unreadable(text: str, words: str) -> None:
    with pytest.raises(UnreadableReport, match=words):
        provider_days(text=text)


def test_ledger_when_paid_returned_and_made_outside(account: Account) -> None:
    payment = builders.payment_at("fake", amount=200_000)
    account.on_send = fact("succeeded")
    builders.work(builders.refund(payment))
    account.on_send = fact("succeeded", provider_id="re_2")
    returned = builders.refund(payment, cause="cancel:2")
    builders.work(returned)
    account.on_fetch = fact("failed", provider_id="re_2")
    builders.work(returned)
    book_outside(gateway="fake", fact=outside(), now=builders.NOW)

    assert ledger_days(gateway="fake", first=ON, last=ON) == {
        (ON, "INR"): Moved(captured=200_000, refunded=75_000 + 10_000)
    }


def test_ledger_when_cash_was_paid_instead(account: Account) -> None:
    account.on_send = Rejected("closed_card")
    refund = builders.refund(builders.payment_at("fake"))
    builders.work(refund)
    operations.pay_another_way(refund_id=refund.pk, way=Way.CASH, actor="staff:1", now=builders.NOW)
    operations.confirm_by_hand(refund_id=refund.pk, actor="staff:1", evidence="C-7", now=builders.NOW)

    assert ledger_days(gateway="fake", first=ON, last=ON) == {(ON, "INR"): Moved(captured=100_000)}


def test_ledger_when_on_another_day_or_elsewhere(account: Account) -> None:
    builders.payment_at("fake")

    assert ledger_days(gateway="fake", first=date(2026, 11, 3), last=date(2026, 11, 9)) == {}
    assert ledger_days(gateway="other", first=ON, last=ON) == {}


def test_days_when_a_capture_stands_on_the_next(account: Account) -> None:
    builders.payment_at("fake")
    there = provider_days(text=HEAD + "2026-11-01,INR,1000,0\n2026-11-02,INR,0,0\n")
    days = compare(gateway="fake", there=there)

    assert days == [
        Day(on=date(2026, 11, 1), currency="INR", here=Moved(), there=Moved(captured=100_000), carried=100_000),
        Day(on=ON, currency="INR", here=Moved(captured=100_000), there=Moved(), carried=0),
    ]
    assert as_csv(days=days).splitlines() == [
        "date,currency,captured_here,captured_there,refunded_here,refunded_there,carried,differs",
        "2026-11-01,INR,0.00,1000.00,0.00,0.00,1000.00,yes",
        "2026-11-02,INR,1000.00,0.00,0.00,0.00,0.00,yes",
    ]


def test_days_when_the_report_is_empty() -> None:
    assert compare(gateway="fake", there={}) == []


def test_command_when_all_agrees(account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    builders.payment_at("fake")
    report = tmp_path / "balance.csv"
    report.write_text(HEAD + "2026-11-02,INR,1000,0\n")
    call_command("settlement_report", "--gateway", "fake", str(report))

    assert capsys.readouterr().out.splitlines()[1] == "2026-11-02,INR,1000.00,1000.00,0.00,0.00,0.00,no"


def test_command_when_money_is_missing(account: Account, tmp_path: Path) -> None:
    builders.payment_at("fake")
    report = tmp_path / "balance.csv"
    report.write_text(HEAD + "2026-11-02,INR,999.99,0\n")

    with pytest.raises(SystemExit) as end:
        call_command("settlement_report", "--gateway", "fake", str(report))
    assert end.value.code == 1


def test_command_when_unreadable(account: Account, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("settlement_report", "--gateway", "fake", str(tmp_path / "none.csv"))
