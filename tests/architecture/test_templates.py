"""Pages carry no inline code or style, which the content security policy would stop, and every word can be translated."""

import re

import pytest

from tests.architecture.tree import Source, sources

INLINE = [
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "inline style"),
    (re.compile(r"<style\b", re.IGNORECASE), "style element"),
    (re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE), "script without src"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE), "inline handler"),
    (re.compile(r"javascript:", re.IGNORECASE), "javascript: address"),
]
UNSEEN = re.compile(
    r"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}|\{%\s*blocktrans(late)?\b.*?endblocktrans(late)?\s*%\}"
    r"|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<!doctype[^>]*>|<(script|style)\b.*?</(script|style)>|&\w+;|&#\d+;",
    re.DOTALL | re.IGNORECASE,
)
SPOKEN = re.compile(r"\s(aria-label|aria-description|alt|title|placeholder|summary)\s*=\s*\"([^\"]*)\"", re.IGNORECASE)
NAMES = re.compile(r"\bFairslot\b")
WORD = re.compile(r"[^\W\d_]{2,}")


def inline_code(source: Source) -> list[str]:
    """Styles, scripts and handlers written into a template."""
    lines = enumerate(source.text.splitlines(), start=1)
    return [f"{source.path}:{n}: {what}" for n, line in lines for pattern, what in INLINE if pattern.search(line)]


def untranslated(source: Source) -> list[str]:
    """Words that people read, in the text or in spoken attributes, outside the translation tags."""
    text = UNSEEN.sub(_keep_lines, source.text)
    spoken = "\n".join(match[2] for match in SPOKEN.finditer(text))
    read = re.sub(r"<[^<>]*>", _keep_lines, text)
    found = []
    for number, line in enumerate(read.splitlines(), start=1):
        if WORD.search(NAMES.sub("", line)):
            found.append(f"{source.path}:{number}: {line.strip()}")
    return found + [f"{source.path}: {line}" for line in spoken.splitlines() if WORD.search(NAMES.sub("", line))]


def _keep_lines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def test_inline_when_tree() -> None:
    # A mail has no style sheet beside it, and no policy forbids what stands in it.
    pages = (source for source in sources(".html", under=("templates",)) if "mail" not in source.parts)

    assert [finding for source in pages for finding in inline_code(source)] == []


def test_words_when_tree() -> None:
    written = (source for source in sources(".html", ".txt") if "templates" in source.parts)

    assert [finding for source in written for finding in untranslated(source)] == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        "<style>p { color: red }</style>",
        '<script nonce="{{ nonce }}">go()</script>',
        '<button onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_inline_when_written(text: str) -> None:
    assert len(inline_code(Source("templates/page.html", text))) == 1


def test_inline_when_file() -> None:
    text = '<link rel="stylesheet" href="a.css"><script src="{% static \'a.js\' %}" defer></script>'

    assert inline_code(Source("templates/page.html", text)) == []


@pytest.mark.parametrize(
    "text",
    ["<h1>Cancel</h1>", "{{ count }} left", '<img alt="A doctor" src="a.png">', "<p>\n  Your money\n</p>"],
)
def test_words_when_plain(text: str) -> None:
    assert len(untranslated(Source("templates/page.html", text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        '<h1>{% translate "Cancel" %}</h1>',
        "{% blocktranslate count n=n %}one day\n{% plural %}{{ n }} days{% endblocktranslate %}",
        "<title>{{ title }} · Fairslot</title>",
        '<img alt="" src="a.png"> 24 × &nbsp; {# a note #}',
        '<!doctype html><html lang="en"><p class="sum">{{ amount }}</p>',
        "<p aria-label=\"{% translate 'Close' %}\">×</p>",
    ],
)
def test_words_when_translatable(text: str) -> None:
    assert untranslated(Source("templates/page.html", text)) == []
