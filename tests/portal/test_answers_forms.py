"""Each page with something to type names its form, so that switching the language loses nothing."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from appointments.portal.languages import ANSWERS_FORM

TEMPLATES = Path(settings.BASE_DIR) / "templates"
TYPED = re.compile(r'include "parts/(field|slot_days)\.html"')
INCLUDED = re.compile(r'\{% include "([^"]+)"')


def whole(text: str) -> str:
    """A template with those it includes."""
    parts = [path for name in INCLUDED.findall(text) if (path := TEMPLATES / name).exists()]
    return "\n".join([text, *(whole(path.read_text(encoding="utf-8")) for path in parts)])


def forgets(text: str) -> bool:
    """Tell whether something is typed on a page whose form has no name."""
    page = whole(text)
    return bool(TYPED.search(page)) and 'method="post"' in page and f'id="{ANSWERS_FORM}"' not in page


PAGES = sorted(
    str(path.relative_to(TEMPLATES))
    for path in TEMPLATES.rglob("*.html")
    if '{% extends "base.html" %}' in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", PAGES)
def test_page_when_something_is_typed(name: str) -> None:
    assert not forgets((TEMPLATES / name).read_text(encoding="utf-8"))


def test_page_when_forgotten() -> None:
    form = '<form method="post">{% include "parts/field.html" %}</form>'

    assert forgets(form)
    assert not forgets(form.replace("<form", '<form id="answers"'))
