"""What the fake sends back."""

import json
from dataclasses import dataclass, field
from typing import Any

HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Answer:
    """An answer over HTTP. `status` 0: the connection is reset; -1: it hangs for `seconds`, then is closed without a word."""

    status: int
    body: str = ""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


RESET = Answer(0)


def say(body: Any, *, status: int = 200) -> Answer:
    """JSON."""
    return Answer(status, json.dumps(body))


def hang(seconds: float) -> Answer:
    """No answer at all, for so long."""
    return Answer(-1, seconds=seconds)


def html(text: str = HTML, *, status: int = 200) -> Answer:
    """A page for people."""
    return Answer(status, text, "text/html; charset=utf-8")


def elsewhere(url: str) -> Answer:
    """Go there."""
    return Answer(303, headers={"Location": url})
