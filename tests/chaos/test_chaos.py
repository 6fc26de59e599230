"""Twenty seconds of chaos, and the means by which it judges."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.plan import make_plan
from tests.chaos.verdict import Row, problems
from tests.fake_provider.fixtures import ROOT

GOOD = Row(refund="r1", payment="pi_1", amount=20, status="completed", reason="", tries=1)
CLOSED = Row(refund="r2", payment="pi_2", amount=20, status="failed", reason="closed_card", tries=1)


@pytest.mark.slow
def test_chaos_when_short(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.chaos",
            "--seconds",
            "20",
            "--seed",
            "17",
            "--refunds",
            "40",
            "--folder",
            tmp_path,
        ],
        cwd=ROOT,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.endswith("Seed 17: everything is where it belongs.\n"), done.stdout + done.stderr
    assert done.returncode == 0


def test_plan_when_the_seed_is_the_same() -> None:
    plans = [make_plan(seed=seed, seconds=300, refunds=200) for seed in (7, 7, 8)]

    assert plans[0] == plans[1]
    assert [str(deed) for deed in plans[0].deeds] == [str(deed) for deed in plans[1].deeds]
    assert plans[0].deeds != plans[2].deeds


def test_plan_when_it_lasts_five_minutes() -> None:
    plan = make_plan(seed=1, seconds=300, refunds=200)

    assert {deed.target for deed in plan.deeds} == {
        *("stripe", "razorpay", "worker1", "worker2", "worker3", "web", "beat", "provider", "postgres", "redis")
    }
    assert {deed.what for deed in plan.deeds} == {"fault", "kill", "kill child", "freeze"}
    assert len(plan.clicks) == 200


def test_short_plan_when_tested() -> None:
    """The short run kills everything that matters at least once."""
    targets = {deed.target for deed in make_plan(seed=17, seconds=20, refunds=40).deeds if deed.what == "kill"}

    assert {"web", "postgres", "redis"} <= targets
    assert targets & {"worker1", "worker2", "worker3"}


def test_verdict_when_all_is_well() -> None:
    assert problems([GOOD, CLOSED], executed={"pi_1": (1, 20)}, closed={"pi_2"}, expected=2) == []


@pytest.mark.parametrize(
    ("rows", "executed", "found"),
    [
        ([GOOD], {"pi_1": (2, 40)}, "r1: completed, but the provider made (2, 40), not (1, 20)"),
        ([GOOD], {}, "r1: completed, but the provider made (0, 0), not (1, 20)"),
        ([GOOD], {"pi_1": (1, 20), "pi_9": (1, 5)}, "pi_9: refunded, and nobody asked for it"),
        ([GOOD, GOOD], {"pi_1": (1, 20)}, "pi_1: refunded twice"),
        ([], {}, "0 refunds, not 1"),
        (
            [Row(refund="r3", payment="pi_1", amount=20, status="processing", reason="", tries=1)],
            {"pi_1": (1, 20)},
            "r3: processing (), not completed; at the provider (1, 20)",
        ),
        (
            [Row(refund="r4", payment="pi_2", amount=20, status="completed", reason="", tries=1)],
            {},
            "r4: completed (), not failed; at the provider (0, 0)",
        ),
    ],
)
def test_verdict_when_something_is_wrong(rows: list[Row], executed: dict[str, tuple[int, int]], found: str) -> None:
    expected = 1 if not rows else len(rows)

    assert problems(rows, executed=executed, closed={"pi_2"}, expected=expected) == [found]
