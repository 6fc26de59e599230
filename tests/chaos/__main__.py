"""`python -m tests.chaos --seconds 300 --seed 7`: exit status 1 when money is not where it belongs."""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.chaos import verdict
from tests.chaos.clicks import Clicks, Patient, sign_in
from tests.chaos.havoc import Havoc
from tests.chaos.plan import Deed, make_plan
from tests.demo.visitor import Visitor
from tests.fake_provider.fixtures import ROOT, free_port
from tests.fake_provider.store import Store
from tests.stack.stack import Shape, Stack, running

#: Times as short as the run: a killed worker's refund is taken over after the lease, which is longer than a call.
SHORT_TIMES = {"REFUND_LEASE_SECONDS": "8", "PROVIDER_TIMEOUT_SECONDS": "2"}
SETTLE_SECONDS = 1.0
QUIET_WITHIN_SECONDS = 180.0
#: A fifth of each payment comes back, so that the provider's own limit hides no double; each tenth card is closed.
SEED = ("--percent", "20", "--closed-every", "10")


def main() -> int:
    """Read the arguments, run, tell; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=None, help="of an earlier run, to repeat its plan")
    parser.add_argument("--refunds", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "chaos")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    given.folder.mkdir(parents=True, exist_ok=True)
    shape = Shape(
        folder=given.folder,
        port=free_port(),
        provider_port=free_port(),
        size=given.refunds,
        workers=3,
        seed=SEED,
        more=SHORT_TIMES,
        log=given.folder / "processes.log",
    )
    say(f"Seed {seed}: {given.refunds} refunds, {given.seconds:.0f} seconds. Logs are in {given.folder}.")
    with running(shape) as stack:
        found = run(stack, seed=seed, seconds=given.seconds, refunds=given.refunds)
    for problem in found:
        say(f"WRONG {problem}")
    say(f"Seed {seed}: {'NOT ' if found else ''}everything is where it belongs.")
    return 1 if found else 0


def say(line: str) -> None:
    """Tell it at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(stack: Stack, *, seed: int, seconds: float, refunds: int) -> list[str]:
    """Let everything go wrong, then right, and judge; what is not as it must be."""
    plan = make_plan(seed=seed, seconds=seconds, refunds=refunds)
    stack.fake.set(settle_after=SETTLE_SECONDS)
    clicks = Clicks(_patients(stack), plan.clicks)
    havoc = Havoc(stack, say=_logger(stack.shape.folder / "deeds.log"), seed=seed)
    clicks.start()
    havoc.play(plan, seconds=seconds, meanwhile=lambda: _look(stack, clicks))
    havoc.heal()
    Store(str(stack.state)).drop("fault")
    all_clicked = clicks.finish(within=QUIET_WITHIN_SECONDS)
    _wait_until_quiet(stack)
    say(f"Done to it: {_counted(plan.deeds)}.")
    say(f"Clicks that had to be repeated: {clicks.failed}.")
    return ([] if all_clicked else [f"only {clicks.done} of {refunds} could cancel"]) + judge(stack, refunds=refunds)


def judge(stack: Stack, *, refunds: int) -> list[str]:
    """Our rows, the provider's books, and the audit."""
    rows = verdict.read_refunds(stack.servers.database_url)
    counts = Counter(row.status for row in rows)
    say(f"Refunds: {dict(counts)}; second tries: {sum(row.tries > 1 for row in rows)}.")
    closed = verdict.closed_cards(stack.fake)
    found = verdict.problems(rows, executed=_standing(stack), closed=closed, expected=refunds)
    audit = stack.manage("audit")
    say(audit.stdout.strip() or audit.stderr.strip())
    return found if audit.returncode == 0 else [*found, "the audit found broken promises"]


def _standing(stack: Stack) -> dict[str, tuple[int, int]]:
    """By payment what stands at the provider; refunds that failed there do not."""
    return {payment: total for payment, total in stack.fake.executed().items() if total != (0, 0)}


def _patients(stack: Stack) -> list[Patient]:
    return [sign_in(Visitor(stack.shape.site), email=email, password=stack.password) for email in stack.patients]


def _logger(path: Path) -> Callable[[str], None]:
    path.write_text("")

    def log(line: str) -> None:
        with path.open("a") as file:
            file.write(f"{line}\n")

    return log


def _counted(deeds: list[Deed]) -> str:
    counts = Counter(deed.what if deed.what == "fault" else f"{deed.what} {deed.target}" for deed in deeds)
    return ", ".join(f"{many} × {what}" for what, many in counts.most_common())


def _look(stack: Stack, clicks: Clicks) -> None:
    """Make waits short, and tell how far it is."""
    try:
        verdict.hurry(stack.servers.database_url)
        counts = Counter(row.status for row in verdict.read_refunds(stack.servers.database_url))
    except psycopg.Error:  # it is down
        return
    say(f"  {clicks.done} cancelled; refunds {dict(counts)}")


def _wait_until_quiet(stack: Stack) -> None:
    """Until every refund has ended, or for three minutes; then the verdict says what has not."""
    deadline = time.monotonic() + QUIET_WITHIN_SECONDS
    while time.monotonic() < deadline:
        verdict.hurry(stack.servers.database_url)
        rows = verdict.read_refunds(stack.servers.database_url)
        if all(row.status in ("completed", "failed") for row in rows):
            return
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
