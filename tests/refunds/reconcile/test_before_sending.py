"""After an old backup was restored."""

import pytest
from django.core.management import CommandError, call_command

from refunds import tasks
from refunds.gateways.base import Unknown
from refunds.models import Incident, Refund
from refunds.reconcile.before_sending import reconcile_before_sending
from tests.refunds import builders
from tests.refunds.fake import fact
from tests.refunds.reconcile.account import Account, outside, sent

pytestmark = pytest.mark.usefixtures("promises")


@pytest.fixture
def refund(account: Account) -> Refund:
    """Waits to be sent, as far as this database knows."""
    return builders.refund(builders.payment_at("fake"))


def test_open_when_the_provider_has_it(account: Account, refund: Refund) -> None:
    account.found = (fact("succeeded"),)
    restored = reconcile_before_sending(now=builders.NOW)

    assert (restored.looked_up, restored.adopted, restored.unanswered) == (1, [builders.attempt(refund).key], [])
    assert Refund.objects.get().status == "completed"


def test_open_when_the_provider_has_nothing(account: Account, refund: Refund) -> None:
    restored = reconcile_before_sending(now=builders.NOW)

    assert (restored.adopted, builders.attempt(refund).state) == ([], "ready")


def test_open_when_the_provider_gives_no_answer(account: Account, refund: Refund) -> None:
    account.found, account.silent = Unknown(), True
    restored = reconcile_before_sending(now=builders.NOW)

    assert restored.unanswered == [builders.attempt(refund).key, "fake"]
    assert builders.attempt(refund).state == "ready"


def test_command_when_all_answered(account: Account, refund: Refund, capsys: pytest.CaptureFixture[str]) -> None:
    account.found = (fact("succeeded"),)
    account.made(fact("succeeded"), tag=builders.attempt(refund).key)
    call_command("reconcile", "--before-sending")

    assert capsys.readouterr().out.splitlines() == [
        "1 open tries looked up, 1 found.",
        "fake: 1 ours, 0 made outside, 0 about nothing of ours, 0 disputes.",
    ]


def test_command_when_nobody_answers(account: Account, refund: Refund, capsys: pytest.CaptureFixture[str]) -> None:
    account.found, account.silent = Unknown(), True

    with pytest.raises(SystemExit) as end:
        call_command("reconcile", "--before-sending")
    assert end.value.code == 1
    assert capsys.readouterr().out.count("NO ANSWER about") == 2


def test_command_when_by_night(account: Account, refund: Refund, capsys: pytest.CaptureFixture[str]) -> None:
    account.made(outside())
    call_command("reconcile", "--days", "3")

    assert capsys.readouterr().out == "fake: 0 ours, 1 made outside, 0 about nothing of ours, 0 disputes.\n"


def test_command_when_something_is_lost(account: Account, refund: Refund, capsys: pytest.CaptureFixture[str]) -> None:
    account.made(fact("succeeded"), tag=f"rf_{refund.pk.hex}_2")

    with pytest.raises(SystemExit) as end:
        call_command("reconcile", "--gateway", "fake")
    assert end.value.code == 1
    assert "  LOST HERE: re_1 is a refund of ours that this database does not know." in capsys.readouterr().out


def test_command_when_something_is_missing_there(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from refunds.gateways.base import Rejected
    from refunds.models import RefundAttempt

    sent(account)
    RefundAttempt.objects.update(first_sent_at=timezone.now() - timedelta(days=1))
    account.on_fetch = Rejected("no_such_payment")

    with pytest.raises(SystemExit):
        call_command("reconcile")
    assert "  MISSING THERE: re_1" in capsys.readouterr().out


def test_command_when_the_provider_is_not_served(account: Account) -> None:
    with pytest.raises(CommandError):
        call_command("reconcile", "--gateway", "elsewhere")


def test_night_when_one_provider_gives_no_answer(
    account: Account, refund: Refund, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from refunds.gateways.registry import GATEWAYS

    broken = Account()
    broken.silent = True
    monkeypatch.setattr("refunds.tasks.GATEWAYS", {"broken": broken, "fake": account})
    monkeypatch.setitem(GATEWAYS, "broken", broken)
    account.made(outside())
    tasks.reconcile_accounts()

    assert "The account at broken could not be compared" in caplog.text
    assert [one.kind for one in Incident.objects.all()] == ["outside_refund"]
