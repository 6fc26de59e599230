"""README.md tells the truth about settings and log-ins."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from appointments.demo.people import PASSWORD, PATIENTS, STAFF

_README = (Path(settings.BASE_DIR) / "README.md").read_text()
_READ = re.compile(r"\b_?env(?:\.\w+)?\(\s*\"([A-Z][A-Z0-9_]+)\"")


def read_settings(text: str) -> list[str]:
    """Return the environment variables that a source text reads through django-environ."""
    return _READ.findall(text)


def rows_of_settings(text: str) -> list[str]:
    """Return the names in the first column of tables, written as code."""
    return re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", text, re.MULTILINE)


def test_settings_when_readme() -> None:
    sources = (Path(settings.BASE_DIR) / "config").glob("*.py")

    assert sorted(rows_of_settings(_README)) == sorted(
        {name for path in sources for name in read_settings(path.read_text())}
    )


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('DEMO = env.bool("DEMO", default=False)', ["DEMO"]),
        ('X = _env.str(\n    "DEFAULT_GATEWAY", default="")', ["DEFAULT_GATEWAY"]),
        ('X = env("PLAIN")', ["PLAIN"]),
        ('X = other("NOT_READ")', []),
    ],
)
def test_settings_when_line(line: str, names: list[str]) -> None:
    assert read_settings(line) == names


def test_logins_when_readme() -> None:
    everybody = [plan.email for plan in PATIENTS if plan.email] + [plan.email for plan in STAFF]

    assert re.findall(r"^\| (\S+@example\.org) \|", _README, re.MULTILINE) == everybody
    assert f"`{PASSWORD}`" in _README


def test_pictures_when_readme() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", _README)

    assert pictures == ["docs/pictures/quote.png"]
    assert 10_000 < (Path(settings.BASE_DIR) / pictures[0]).stat().st_size < 150_000
