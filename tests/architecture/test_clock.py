"""The clock is read at the edge and handed down as `now`."""

import ast
import re

import pytest

from tests.architecture.tree import Source, name_of, product

EDGE = re.compile(r"(^|/)(tasks|portal|admin|api|management)/|(^|/)(tasks|webhooks|middleware|adapter|views\w*)\.py$")
CLOCK = re.compile(
    r"(^|\.)((timezone|datetime)\.(now|utcnow|localdate)|(date|datetime)\.today|time\.(time|time_ns|monotonic))$"
)


def clocks_below_the_edge(source: Source) -> list[str]:
    """Where a file that is no edge reads a clock or has a field that does."""
    if EDGE.search(source.path):
        return []
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and CLOCK.search(name_of(node)):
            found.append(source.at(node, f"reads {name_of(node)}"))
        elif isinstance(node, ast.ImportFrom) and node.module in {"django.utils.timezone", "time"}:
            found += [source.at(node, f"imports {a.name}") for a in node.names if CLOCK.search(f"timezone.{a.name}")]
            found += [source.at(node, f"imports {a.name}") for a in node.names if CLOCK.search(f"time.{a.name}")]
        elif isinstance(node, ast.Call) and name_of(node.func).endswith("localtime") and not node.args:
            found.append(source.at(node, "reads localtime()"))
        elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            found.append(source.at(node.value, f"{node.arg} reads a clock"))
    return found


def handed_by_place(source: Source) -> list[str]:
    """Public functions outside the rules that take the moment or the actor by place, where the two are easily mistaken."""
    if source.path.startswith("policies/rules/"):
        return []
    return [
        source.at(node, f"{node.name} takes {argument.arg} by place")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
        for argument in [*node.args.posonlyargs, *node.args.args]
        if argument.arg in {"now", "actor"}
    ]


def test_hands_when_tree() -> None:
    assert [finding for source in product() for finding in handed_by_place(source)] == []


@pytest.mark.parametrize(
    ("path", "text", "findings"),
    [
        ("refunds/queries.py", "def overdue(now): ...", 1),
        ("refunds/queries.py", "def cancel(source, actor, now): ...", 2),
        ("refunds/queries.py", "def overdue(*, now): ...", 0),
        ("policies/rules/cancellation.py", "def quote_cancellation(terms, facts, now): ...", 0),
    ],
)
def test_hands_when_by_place(path: str, text: str, findings: int) -> None:
    assert len(handed_by_place(Source(path, text))) == findings


def test_clock_when_tree() -> None:
    assert [finding for source in product() for finding in clocks_below_the_edge(source)] == []


@pytest.mark.parametrize(
    "text",
    [
        "now = timezone.now()",
        "at = models.DateTimeField(default=timezone.now)",
        "at = datetime.now(UTC)",
        "at = datetime.datetime.utcnow()",
        "day = date.today()",
        "day = timezone.localdate()",
        "day = timezone.localtime()",
        "from django.utils.timezone import now",
        "from time import monotonic",
        "started = time.time()",
        "at = models.DateTimeField(auto_now_add=True)",
    ],
)
def test_clock_when_below_the_edge(text: str) -> None:
    assert len(clocks_below_the_edge(Source("appointments/usecases/cancel.py", text))) == 1


@pytest.mark.parametrize(
    "path",
    [
        "refunds/tasks.py",
        "refunds/webhooks.py",
        "refunds/views.py",
        "appointments/portal/booking.py",
        "appointments/api/views.py",
        "policies/admin/studio.py",
        "policies/management/commands/quote.py",
        "appointments/middleware.py",
    ],
)
def test_clock_when_at_the_edge(path: str) -> None:
    assert clocks_below_the_edge(Source(path, "now = timezone.now()")) == []


def test_clock_when_handed_down() -> None:
    text = "def f(*, now: datetime): return timezone.localtime(now), Now(), datetime(2026, 11, 2, tzinfo=UTC)"

    assert clocks_below_the_edge(Source("refunds/queries.py", text)) == []
