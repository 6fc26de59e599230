"""`python -m tests.bench`: measure, and print a table."""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.drain import WORKERS, measure_drain
from tests.bench.figures import Figure, table
from tests.bench.rush import measure_rush
from tests.fake_provider.fixtures import ROOT, free_port
from tests.stack.stack import Shape, Stack, running

QUOTES = 5_000
CASES = ROOT / "tests" / "policies" / "quotes.jsonl"


def main() -> int:
    """Read the arguments, bring the stack up, measure one thing after the other, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--size", type=int, default=10_000, help="bookings")
    parser.add_argument("--pending", type=int, default=10_000, help="refunds that wait")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    shape = Shape(
        folder=given.folder,
        port=free_port(),
        provider_port=free_port(),
        size=given.size,
        seed=("--pending", str(given.pending)),
        log=given.folder / "processes.log",
        later=(*WORKERS, "beat"),
    )
    figures: list[Figure] = []
    try:
        with running(shape) as stack:
            figures += measure_quotes(stack)
            figures += measure_audit(stack, appointments=given.size + given.pending)
            figures += measure_drain(stack)
            figures += measure_rush(stack)
    finally:  # what was measured before something went wrong is worth seeing
        sys.stdout.write(f"{table(figures)}\n" if figures else "")
    return 0


def measure_quotes(stack: Stack) -> list[Figure]:
    """Cases a second through the command, its start left out."""
    lines = [json.dumps(json.loads(line)["case"]) for line in CASES.read_text().splitlines()]
    few, many = lines[:1], (lines * (QUOTES // len(lines) + 1))[:QUOTES]
    seconds = _time_of(stack, many) - _time_of(stack, few)
    return [Figure("quotes", f"{len(many) / seconds:.0f} a second", f"{len(many)} cases through manage.py quote")]


def measure_audit(stack: Stack, *, appointments: int) -> list[Figure]:
    """All promises, the start of the command included."""
    began = time.perf_counter()
    done = stack.manage("audit")
    seconds = time.perf_counter() - began
    assert done.returncode == 0, done.stdout + done.stderr
    return [Figure("audit", f"{seconds:.1f} s", f"{appointments} appointments: {done.stdout.strip()}")]


def _time_of(stack: Stack, lines: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", "quote"],
        cwd=ROOT,
        env=stack.environment,
        input="\n".join(lines),
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
