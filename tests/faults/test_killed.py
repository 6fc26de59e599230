"""Workers, databases and providers that die in the middle."""

import os
import signal
import time
from datetime import timedelta

import pytest
from django.db import connection

from refunds.models import AttemptState, LedgerEntry, Refund
from tests.fake_provider.fixtures import FakeProcess
from tests.faults.stage import AMOUNT, DONE, LEASE, NOTHING, PAID_ONCE, Stage, attempt, open_transactions, state
from tests.faults.workers import KILLED, STOPPED

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("at", "paid", "left"),
    [
        ("after_claim", NOTHING, ("pending", "ready")),
        ("before_call", NOTHING, ("processing", "sent")),
        ("after_call", PAID_ONCE, ("processing", "sent")),
        ("before_commit", PAID_ONCE, ("processing", "sent")),
        ("after_commit", PAID_ONCE, DONE),
    ],
)
def test_refund_when_its_worker_is_killed(stage: Stage, at: str, paid: tuple[int, int], left: tuple[str, str]) -> None:
    refund = stage.refund()
    stage.workers.run(at=at, ends=KILLED)

    assert (stage.executed(), state(refund)) == (paid, left)

    stage.work()

    assert state(refund) == left  # its lease still stands

    stage.after(LEASE)
    stage.work()

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
    assert stage.bench.called("create_refund") == 1


@pytest.mark.parametrize("at", ["after_claim", "before_call", "after_call", "before_commit", "after_commit"])
def test_refund_when_its_worker_is_killed_and_the_key_has_been_forgotten(stage: Stage, at: str) -> None:
    """Days later, too: nothing is sent twice."""
    refund = stage.refund()
    stage.workers.run(at=at, ends=KILLED)
    stage.after(timedelta(days=2))
    stage.work(turns=2)

    sent_for_nothing = at == "before_call"  # nobody can know that
    assert stage.executed() == (NOTHING if sent_for_nothing else PAID_ONCE)
    assert state(refund) == (("failed", "unknown") if sent_for_nothing else DONE)


def test_refund_when_its_worker_is_killed_while_the_provider_works(stage: Stage) -> None:
    refund = stage.refund()
    stage.bench.fake.fault("slow", seconds=60)
    worker = stage.workers.start()
    stage.until_called()
    os.kill(worker, signal.SIGKILL)

    assert stage.workers.wait(worker) == KILLED

    stage.after(LEASE)
    stage.work()  # the first call still runs there: 409

    assert (stage.executed(), state(refund)) == (NOTHING, ("processing", "sent"))

    stage.bench.fake.release()
    _until_executed(stage)
    stage.work(turns=2)

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)


def _until_executed(stage: Stage) -> None:
    """The slow call has come to its end."""
    deadline = time.monotonic() + 20
    while stage.executed() == NOTHING:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_rows_when_the_provider_is_slow(stage: Stage) -> None:
    """Nobody waits for it in a transaction."""
    refund = stage.refund()
    stage.bench.fake.fault("slow", seconds=60)
    worker = stage.workers.start()
    stage.until_called()

    assert open_transactions() == 0
    assert attempt(refund).state == AttemptState.SENT  # written ahead, for all to see

    stage.bench.fake.release()

    assert stage.workers.wait(worker) == 0
    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)


def test_refund_when_the_database_crashes_after_the_call(stage: Stage) -> None:
    refund = stage.refund()
    connection.close()  # it would be ended with the others
    stage.workers.wait(stage.workers.start(at="database_dies"))  # the task fails with its connection

    assert (stage.executed(), state(refund)) == (PAID_ONCE, ("processing", "sent"))

    stage.after(LEASE)
    stage.work()

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
    assert stage.bench.called("create_refund") == 1


def test_refund_when_the_provider_is_down(stage: Stage, fake_process: FakeProcess) -> None:
    refund = stage.refund()
    fake_process._process.kill()
    fake_process._process.wait()
    stage.workers.run()
    fake_process.restart()

    assert state(refund) == ("processing", "unknown")

    stage.work(turns=2)

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)


@pytest.mark.parametrize("at", ["after_claim", "before_call", "after_call"])
def test_worker_when_it_wakes_after_its_lease(stage: Stage, at: str) -> None:
    """It slept (a machine suspended, a long collection), another did the work, and then it goes on."""
    refund = stage.refund()
    sleeper = stage.workers.start(at=at, by="SIGSTOP")

    assert stage.workers.wait(sleeper) == STOPPED

    stage.after(LEASE)
    stage.work(turns=2)

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)

    before = stage.bench.called("create_refund")
    os.kill(sleeper, signal.SIGCONT)

    assert stage.workers.wait(sleeper) == 0
    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
    assert LedgerEntry.objects.filter(kind="paid").count() == 1
    assert stage.bench.called("create_refund") - before == (1 if at == "before_call" else 0)


def test_refunds_when_four_workers_race(stage: Stage) -> None:
    payment = stage.payment()
    refunds = [stage.refund(payment, cause=f"cancel:{number}") for number in range(10)]
    started = [stage.workers.start() for _ in range(4)]

    assert [stage.workers.wait(pid) for pid in started] == [0] * 4
    assert [state(refund) for refund in refunds] == [DONE] * 10
    assert stage.executed() == (10, 10 * AMOUNT)
    assert stage.bench.called("create_refund") == 10


def test_refund_when_the_broker_lost_everything(stage: Stage) -> None:
    """No message ever comes; the sweep finds the row."""
    refund = stage.refund()
    stage.workers.run("sweep")

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)


def test_refund_when_the_broker_is_down_at_the_click(stage: Stage) -> None:
    """Where workers run here, nothing answers at the broker's address."""
    stage.workers.run("click", payment=stage.payment().pk, amount=AMOUNT)
    refund = Refund.objects.get()

    assert state(refund) == ("pending", "ready")

    stage.workers.run("sweep")

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)
