"""A module has at most 300 lines, a function 50; nothing is left unfinished or switched off."""

import ast
import re

import pytest

from tests.architecture.tree import Source, sources

MODULE_LINES = 300
FUNCTION_LINES = 50
# Written so that this file does not hold the words itself.
UNFINISHED = re.compile(
    r"\bTO[D]O\b|\bFIX[M]E\b|\bX[X]X\b|NotImplemented[E]rror|\bassert [T]rue\b|pytest\.[s]kip|mark\.[s]kip|x[f]ail\("
    r"|mark\.x[f]ail|unittest\.[s]kip|importor[s]kip"
)


def too_long(source: Source) -> list[str]:
    """Modules and functions above the house's length (generated migrations apart)."""
    if re.search(r"/migrations/0001_initial\.py$", source.path):
        return []
    lines = len(source.text.splitlines())
    found = [f"{source.path}: {lines} lines"] if lines > MODULE_LINES else []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                found.append(source.at(node, f"{node.name} has {length} lines"))
    return found


def unfinished(source: Source) -> list[str]:
    """Lines that promise work instead of doing it, and tests that are switched off."""
    lines = enumerate(source.text.splitlines(), start=1)
    return [f"{source.path}:{number}: {line.strip()}" for number, line in lines if UNFINISHED.search(line)]


def test_length_when_tree() -> None:
    assert [finding for source in sources(".py") for finding in too_long(source)] == []


def test_unfinished_when_tree() -> None:
    kinds = (".py", ".html", ".txt", ".css", ".js", ".md", ".toml", "Makefile", "run")

    assert [finding for source in sources(*kinds) for finding in unfinished(source)] == []


@pytest.mark.parametrize(
    ("lines", "findings"), [(MODULE_LINES, 0), (MODULE_LINES + 1, 1)], ids=["at the limit", "one above"]
)
def test_length_when_module(lines: int, findings: int) -> None:
    assert len(too_long(Source("refunds/ledger.py", "a = 1\n" * lines))) == findings


@pytest.mark.parametrize(
    ("lines", "findings"), [(FUNCTION_LINES, 0), (FUNCTION_LINES + 1, 1)], ids=["at the limit", "one above"]
)
def test_length_when_function(lines: int, findings: int) -> None:
    text = "class A:\n    def f(self):\n" + "        a = 1\n" * (lines - 1)

    assert len(too_long(Source("refunds/ledger.py", text))) == findings


@pytest.mark.parametrize(
    "word", ["TO" + "DO: later", "raise NotImplemented" + "Error", "assert " + "True", "@pytest.mark.sk" + "ip"]
)
def test_unfinished_when_written(word: str) -> None:
    assert len(unfinished(Source("refunds/ledger.py", f"a = 1\n# {word}\n"))) == 1
