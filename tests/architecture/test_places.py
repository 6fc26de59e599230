"""Nothing in the tree depends on one developer's machine or package index."""

import re

import pytest

from tests.architecture.tree import Source, sources

# Bracketed letters keep this file from finding itself.
PLACES = re.compile(
    r"(?<![\w.])/(roo[t]|hom[e]/[a-z]+|User[s]/\w+|wor[k]|op[t]/\w+)/"
    r"|[A-Z]:\\User[s]\\"
    r"|pythonhoste[d]\.org|pyp[i]\.org|files\.pyth[o]n|devp[i]\b|artifactor[y]|\.jfro[g]\."
    r"|--(extra-)?index-ur[l]|--find-link[s]|registry\.npmj[s]"
)


def places_of_a_machine(source: Source) -> list[str]:
    """Lines with an absolute path of a developer's machine or the address of a package index."""
    lines = enumerate(source.text.splitlines(), start=1)
    return [f"{source.path}:{number}: {line.strip()[:120]}" for number, line in lines if PLACES.search(line)]


def test_places_when_tree() -> None:
    assert [finding for source in sources() for finding in places_of_a_machine(source)] == []


@pytest.mark.parametrize(
    "line",
    [
        'path = "/hom' + 'e/anna/fairslot/db"',
        "cd /roo" + "t/project",
        "https://pyp" + "i.org/simple",
        "https://files.pyth" + "onhosted.org/packages/a.whl",
        "pip install --index-ur" + "l https://index.example",
    ],
)
def test_places_when_named(line: str) -> None:
    assert len(places_of_a_machine(Source("README.md", line))) == 1


@pytest.mark.parametrize(
    "line", ["see tests/homes/list.py", "https://example.org/home/page", "uv --no-emit-index-ur" + "l"]
)
def test_places_when_other(line: str) -> None:
    assert places_of_a_machine(Source("README.md", line)) == []
