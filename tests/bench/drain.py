"""Ten thousand refunds that wait, drained by two workers through a provider that takes only so many calls a second."""

import time

import psycopg

from tests.bench.figures import Figure
from tests.bench.processes import family_of, held
from tests.stack.stack import Stack

WORKERS = ("worker1", "worker2")
RATE = 50
"""Calls a second that the fake takes from everybody together; above that it answers 429."""
LOOK_EVERY_SECONDS = 2.0
NOT_MOVING_SECONDS = 120.0
MEGABYTE = 1024 * 1024
_LEFT = "SELECT COUNT(*) FROM refunds_refund WHERE status NOT IN ('completed', 'failed')"


def measure_drain(stack: Stack) -> list[Figure]:
    """Start the workers, wait until nothing is left; how fast, and how much memory they took. Raises TimeoutError when it stands still."""
    stack.fake.set(rate=RATE, webhooks={})
    total = left = refunds_left(stack)
    before = stack.fake.calls()
    for name in (*WORKERS, "beat"):
        stack.start_process(name)
    began = moved = time.monotonic()
    memory: list[float] = []
    while left:
        time.sleep(LOOK_EVERY_SECONDS)
        now_left = refunds_left(stack)
        moved = time.monotonic() if now_left < left else moved
        left = now_left
        if left < total * 0.95:  # once everything is loaded
            memory.append(memory_of(stack))
        if time.monotonic() - moved > NOT_MOVING_SECONDS:
            raise TimeoutError(f"{left} of {total} refunds are left, and nothing moves")
    seconds = time.monotonic() - began
    calls = sum(stack.fake.calls().values()) - sum(before.values())
    executed = sum(count for count, _ in stack.fake.executed().values())
    assert executed == total, f"the provider made {executed} refunds, not {total}"
    stack.fake.set(rate=None)
    return [
        Figure(
            "refunds drained", f"{total / seconds:.0f} a second", f"{total} in {seconds:.0f} s, two workers, each once"
        ),
        Figure("calls for it", f"{calls / seconds:.0f} a second", f"the provider takes {RATE} and refuses more"),
        Figure(
            "memory at the start", f"{memory[0]:.0f} MB", "both workers with their pools, shared pages counted once"
        ),
        Figure("memory at the end", f"{memory[-1]:.0f} MB", f"at most {max(memory):.0f} MB"),
    ]


def refunds_left(stack: Stack) -> int:
    """Refunds that have not come to an end."""
    with psycopg.connect(stack.servers.database_url) as connection:
        row = connection.execute(_LEFT).fetchone()
    return int(row[0]) if row else 0


def memory_of(stack: Stack) -> float:
    """Megabytes that the workers and their pools hold."""
    return sum(held(pid) for name in WORKERS for pid in family_of(stack.children.running[name].pid)) / MEGABYTE
