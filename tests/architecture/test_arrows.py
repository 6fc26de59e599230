"""The arrows: appointments know policies and refunds; these know neither each other nor appointments."""

import ast
import re
import sys

import pytest

from tests.architecture.tree import APPS, Source, name_of, product, sources

FORBIDDEN = {
    "policies": {"refunds", "appointments", "config", "tests"},
    "refunds": {"policies", "appointments", "config", "tests"},
    "appointments": {"config", "tests"},
}
# Standard modules that would make the rules answer differently from one call to the next.
IMPURE = {"time", "random", "secrets", "os", "socket", "sqlite3", "subprocess", "threading", "locale"}
STRING_KEY = re.compile(r"[a-z_]+(\.\w+)*")


def imported_modules(source: Source) -> list[tuple[ast.stmt | ast.expr, str]]:
    """Every import of a file with its absolute module, inside functions and by importlib too."""
    found: list[tuple[ast.stmt | ast.expr, str]] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(source.parts[: -node.level]) if node.level else ""
            found.append((node, ".".join(filter(None, [package, node.module]))))
        elif isinstance(node, ast.Call) and name_of(node.func).endswith(
            ("import_module", "__import__", "import_string")
        ):
            found += [(node, str(word.value)) for word in node.args[:1] if isinstance(word, ast.Constant)]
    return found


def turned_arrows(source: Source) -> list[str]:
    """Imports and, in the leaves, strings and user keys that point at an app this one may not know."""
    forbidden = FORBIDDEN[source.app]
    found = [
        source.at(node, f"imports {module}")
        for node, module in imported_modules(source)
        if module.partition(".")[0] in forbidden
    ]
    if source.app == "appointments":
        return found
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STRING_KEY.fullmatch(node.value):
            if node.value.partition(".")[0] in forbidden & set(APPS):
                found.append(source.at(node, f"names {node.value!r}"))
        elif isinstance(node, ast.Attribute) and node.attr == "AUTH_USER_MODEL":
            found.append(source.at(node, "keys the user, who belongs to appointments"))
        elif isinstance(node, ast.Name) and node.id == "get_user_model":
            found.append(source.at(node, "knows the user, who belongs to appointments"))
    return found


def impure_imports(source: Source) -> list[str]:
    """What a file of policies/rules imports beside the rules themselves and the pure part of the standard library."""
    return [
        source.at(node, f"imports {module}")
        for node, module in imported_modules(source)
        if not (module == "policies.rules" or module.startswith("policies.rules."))
        and (module.partition(".")[0] not in sys.stdlib_module_names or module.partition(".")[0] in IMPURE)
    ]


def test_arrows_when_tree() -> None:
    assert [finding for source in product() for finding in turned_arrows(source)] == []


def test_rules_when_tree() -> None:
    rules = list(sources(".py", under=("policies/rules",)))

    assert rules
    assert [finding for source in rules for finding in impure_imports(source)] == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("policies/queries.py", "import refunds.models"),
        ("policies/queries.py", "def late():\n    from appointments.models import Appointment"),
        ("refunds/ledger.py", "from policies.rules import money"),
        ("refunds/ledger.py", "from ..appointments import models"),
        ("appointments/locks.py", "importlib.import_module('config.urls')"),
        ("refunds/models/payment.py", "chain = models.ForeignKey('appointments.Chain', models.PROTECT)"),
        ("refunds/migrations/0001_initial.py", "dependencies = [('appointments', '0001_initial')]"),
        ("policies/models.py", "by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)"),
        ("policies/admin/desk.py", "User = get_user_model()"),
        ("appointments/locks.py", "from config import settings"),
    ],
)
def test_arrows_when_turned(path: str, text: str) -> None:
    assert len(turned_arrows(Source(path, text))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("appointments/facts.py", "from policies.rules import facts\nimport refunds.queries"),
        ("refunds/models/refund.py", "from refunds.models import Payment\nkey = 'refunds.Payment'"),
        ("policies/models.py", "'''Nothing here knows appointments. Nor refunds.'''"),
    ],
)
def test_arrows_when_straight(path: str, text: str) -> None:
    assert turned_arrows(Source(path, text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "import django",
        "from policies.models import Policy",
        "import time",
        "def f():\n    import babel",
        "from ..models import Policy",
    ],
)
def test_rules_when_impure(text: str) -> None:
    assert len(impure_imports(Source("policies/rules/money.py", text))) == 1


def test_rules_when_pure() -> None:
    text = "from decimal import Decimal\nfrom policies.rules.terms import Terms\nfrom .money import Money"

    assert impure_imports(Source("policies/rules/quote.py", text)) == []
