"""What goes wrong, and when: the same for the same seed.

Only the plan is repeated: what a killed process was doing at that moment is up to the machine.
"""

import random
from dataclasses import dataclass, field
from typing import Any

WORKERS = ("worker1", "worker2", "worker3")
SERVERS = ("postgres", "redis")
#: How likely each thing is among those that are killed.
KILLED = {"worker": 12, "pool process": 6, "web": 4, "beat": 1, "provider": 2, "postgres": 2, "redis": 2}
#: How likely each wrong answer is. A 500 that is kept under the key had its effect: without one nothing could ever be known.
ANSWERS = {
    "timeout": 3,
    "reset": 4,
    "html": 2,
    "bad_json": 2,
    "empty": 1,
    "500": 3,
    "503": 2,
    "409": 1,
    "429": 3,
    "401": 1,
}
OPERATIONS = {"create_refund": 8, "list_refunds": 2, "fetch_refund": 3, "*": 1}
CLICKS_UNTIL = 0.7
"""Patients cancel in this part of the time."""


@dataclass(frozen=True, kw_only=True, order=True)
class Deed:
    """At `at` seconds: kill or freeze `target` for `seconds`, or let the provider answer wrongly."""

    at: float
    what: str
    target: str
    seconds: float = 0.0
    fault: dict[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        """One line of the log."""
        told = self.fault or f"for {self.seconds:.1f} s"
        return f"{self.at:6.1f} {self.what} {self.target} {told}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Deeds in order, and the moment of each click."""

    deeds: list[Deed]
    clicks: list[float]


def make_plan(*, seed: int, seconds: float, refunds: int) -> Plan:
    """Something goes wrong about every second; two thirds of it at the provider."""
    chance = random.Random(seed)
    clicks = sorted(chance.uniform(0, seconds * CLICKS_UNTIL) for _ in range(refunds))
    deeds: list[Deed] = []
    at = chance.uniform(0.5, 2)
    while at < seconds:
        deeds.append(_wrong_answer(chance, at=at) if chance.random() < 0.65 else _blow(chance, at=at))
        at += chance.uniform(0.3, 2)
    return Plan(deeds=deeds, clicks=clicks)


def _wrong_answer(chance: random.Random, *, at: float) -> Deed:
    answer = _one_of(chance, ANSWERS)
    after = chance.random() < 0.5 and answer not in ("409", "429", "401")
    provider = chance.choice(("stripe", "razorpay"))
    fault: dict[str, Any] = {
        "answer": answer,
        "provider": provider,
        "operation": _one_of(chance, OPERATIONS),
        "when": "after" if after else "before",
        "stored": after and answer == "500",
        "times": chance.choice((1, 1, 1, 2, 4)),
        "seconds": 5.0,
    }
    return Deed(at=at, what="fault", target=provider, fault=fault)


def _blow(chance: random.Random, *, at: float) -> Deed:
    target = _one_of(chance, KILLED)
    if target == "worker":
        what = "freeze" if chance.random() < 0.25 else "kill"
        long = chance.uniform(2, 15) if what == "freeze" else chance.uniform(0, 3)
        return Deed(at=at, what=what, target=chance.choice(WORKERS), seconds=long)
    if target == "pool process":
        return Deed(at=at, what="kill child", target=chance.choice(WORKERS))
    return Deed(at=at, what="kill", target=target, seconds=chance.uniform(0, 3))


def _one_of(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), weights=list(weights.values()))[0]
