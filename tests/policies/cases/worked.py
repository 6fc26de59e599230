"""The worked cases of the specification, and how to spoil one."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from policies.cases import answer_line

WORKED = [json.loads(line) for line in (Path(__file__).parent.parent / "quotes.jsonl").read_text().splitlines()]


def a_case(kind: str = "cancellation") -> dict[str, Any]:
    """A worked case of this kind, to be spoiled: it has every key."""
    case: dict[str, Any] = deepcopy(next(pair["case"] for pair in WORKED if pair["case"]["kind"] == kind))
    return case


def spoil(case: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Put a value at a path such as "policy.tiers.0.hours"."""
    *way, last = path.split(".")
    place: Any = case
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    return case


def drop(case: dict[str, Any], path: str) -> dict[str, Any]:
    """Take the key at a path out."""
    *way, last = path.split(".")
    place: Any = case
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    del place[last]
    return case


def error_of(case: dict[str, Any]) -> tuple[str, str]:
    line, taken = answer_line(json.dumps(case).encode())
    answer = json.loads(line)
    assert not taken
    assert list(answer) == ["id", "error"]
    assert list(answer["error"]) == ["code", "field", "message"]
    assert answer["error"]["code"] == "invalid_case"
    return answer["error"]["field"], answer["error"]["message"]


def shown(path: str) -> str:
    """The path as errors write it: "payments[0].id"."""
    return ".".join(path.split(".")).replace(".0", "[0]")
