"""What has one place: transitions, row locks, the writers of history; and what has none: signals, rules in save()."""

import ast
import re
from collections.abc import Callable

import pytest

from tests.architecture.tree import APPS, Source, name_of, product, sources

TRANSITIONS_IN = {"appointments": "appointments/record.py", "refunds": "refunds/record.py"}
# Methods of the same name on things that are no rows.
NOT_A_ROW = re.compile(r"(^|[._])(thread|timer|process|parser|worker|pool|future|payment_intent)s?$", re.IGNORECASE)
LOCKS_IN = {f"{app}/locks.py" for app in APPS}
WRITTEN_IN = {
    "LedgerEntry": {"refunds/ledger.py"},
    "RefundEvent": {"refunds/record.py"},
    "AppointmentEvent": {"appointments/record.py"},
    "PolicyVersion": {"policies/publish.py"},
}
WRITES = re.compile(r"\.a?(create|bulk_create|get_or_create|update_or_create|update|bulk_update|delete)$")
PAGES = re.compile(r"/(portal|api|admin)/|/views\w*\.py$")


def transition_methods(source: Source) -> list[ast.FunctionDef]:
    """The methods of a file that django_fsm guards."""
    return [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(by, ast.Call) and name_of(by.func).endswith("transition") for by in node.decorator_list)
    ]


def transitions_with_a_body(source: Source) -> list[str]:
    """Transitions that do more than say what they are."""
    return [
        source.at(node, f"{node.name} has a body")
        for node in transition_methods(source)
        if not all(isinstance(line, ast.Pass) or _is_constant(line) for line in node.body)
    ]


def _is_constant(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def transitions_elsewhere(source: Source, names: set[str]) -> list[str]:
    """Uses of these transitions, called or handed on, outside the one place of the app."""
    if source.path == TRANSITIONS_IN.get(source.app):
        return []
    return [
        source.at(node, f"uses {name_of(node) or node.attr}")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in names and not NOT_A_ROW.search(name_of(node.value))
    ]


def locks_elsewhere(source: Source) -> list[str]:
    """Row locks outside locks.py."""
    if source.path in LOCKS_IN:
        return []
    nodes = ast.walk(source.tree)
    return [source.at(n, "locks rows") for n in nodes if isinstance(n, ast.Attribute) and n.attr == "select_for_update"]


def writes_elsewhere(source: Source) -> list[str]:
    """History and money written outside their one writer: made, or changed through a manager."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            for model, places in WRITTEN_IN.items():
                made = called.rpartition(".")[2] == model
                changed = re.search(rf"\b{model}\.", called) and WRITES.search(called)
                if (made or changed) and source.path not in places:
                    found.append(source.at(node, f"writes {model}"))
    return found


def managers_in_pages(source: Source) -> list[str]:
    """Managers used by pages, which ask queries.py instead."""
    if not PAGES.search(source.path):
        return []
    managers = {"objects", "_default_manager", "_base_manager"}
    nodes = ast.walk(source.tree)
    return [source.at(n, f"uses {n.attr}") for n in nodes if isinstance(n, ast.Attribute) and n.attr in managers]


def hidden_rules(source: Source) -> list[str]:
    """Signals, and models that do something of their own when saved or deleted."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and (
            (node.module or "").endswith(("django.dispatch", "models.signals", "core.signals", "auth.signals"))
            or any(alias.name in {"signals", "dispatch"} for alias in node.names)
        ):
            found.append(source.at(node, f"imports {node.module}"))
        elif isinstance(node, ast.ClassDef) and "models" in source.path:
            methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
            found += [source.at(m, f"overrides {m.name}") for m in methods if m.name in {"save", "delete"}]
    return found


def test_transitions_when_tree() -> None:
    models = [source for source in product() if "models" in source.path]
    names = {method.name for source in models for method in transition_methods(source)}

    assert {"cancel", "complete"} <= names
    assert [finding for source in models for finding in transitions_with_a_body(source)] == []
    assert [finding for source in product() for finding in transitions_elsewhere(source, names)] == []


@pytest.mark.parametrize("check", [locks_elsewhere, writes_elsewhere, hidden_rules])
def test_one_place_when_tree(check: Callable[[Source], list[str]]) -> None:
    assert [finding for source in product() for finding in check(source)] == []


def test_managers_when_tree() -> None:
    pages = sources(".py", under=("appointments",))

    assert [finding for source in pages for finding in managers_in_pages(source)] == []


def test_transition_when_it_has_a_body() -> None:
    text = "class A:\n    @transition(field=status)\n    def cancel(self):\n        '''Cancel.'''\n        self.slot = None"

    assert len(transitions_with_a_body(Source("appointments/models/appointment.py", text))) == 1


def test_transition_when_empty() -> None:
    text = "class A:\n    @transition(field=status)\n    def cancel(self):\n        '''Cancel.'''"

    assert transitions_with_a_body(Source("appointments/models/appointment.py", text)) == []


@pytest.mark.parametrize(
    ("path", "text", "findings"),
    [
        ("appointments/usecases/cancel.py", "appointment.cancel()", 1),
        ("appointments/usecases/cancel.py", "step = Appointment.cancel", 1),
        ("appointments/usecases/cancel.py", "locked_row(pk).cancel()", 1),
        ("refunds/record.py", "appointment.cancel()", 0),
        ("appointments/record.py", "appointment.cancel()", 0),
        ("refunds/nudges.py", "_thread.start()", 0),
    ],
)
def test_transition_when_used(path: str, text: str, findings: int) -> None:
    assert len(transitions_elsewhere(Source(path, text), {"cancel", "start"})) == findings


@pytest.mark.parametrize(
    ("path", "findings"), [("refunds/operations/grant.py", 1), ("refunds/locks.py", 0), ("appointments/locks.py", 0)]
)
def test_lock_when_taken(path: str, findings: int) -> None:
    assert len(locks_elsewhere(Source(path, "Payment.objects.select_for_update().get()"))) == findings


@pytest.mark.parametrize(
    ("path", "text", "findings"),
    [
        ("refunds/operations/grant.py", "LedgerEntry.objects.create(key='a')", 1),
        ("refunds/operations/grant.py", "models.LedgerEntry(key='a').save()", 1),
        ("refunds/operations/grant.py", "LedgerEntry.objects.filter(key='a').update(amount=1)", 1),
        ("refunds/ledger.py", "LedgerEntry.objects.create(key='a')", 0),
        ("refunds/queries.py", "LedgerEntry.objects.filter(key='a')", 0),
        ("appointments/usecases/cancel.py", "AppointmentEvent(kind='cancelled')", 1),
    ],
)
def test_history_when_written(path: str, text: str, findings: int) -> None:
    assert len(writes_elsewhere(Source(path, text))) == findings


@pytest.mark.parametrize(
    ("path", "findings"),
    [("appointments/portal/views.py", 1), ("appointments/api/rows.py", 1), ("appointments/queries.py", 0)],
)
def test_manager_when_used(path: str, findings: int) -> None:
    assert len(managers_in_pages(Source(path, "Appointment.objects.all()"))) == findings


@pytest.mark.parametrize(
    "text",
    [
        "from django.dispatch import receiver",
        "from django.db.models.signals import post_save",
        "from django.db.models import signals",
        "class Refund(models.Model):\n    def save(self, *args):\n        self.total = 1",
    ],
)
def test_rule_when_hidden(text: str) -> None:
    assert len(hidden_rules(Source("refunds/models/refund.py", text))) == 1
