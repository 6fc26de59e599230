"""What the tool finds, and what would escape it."""

import ast

import pytest

from tests.architecture.tree import Source, name_of, product
from tests.catalogues.extract import KEYWORDS, Found, texts_of_python, texts_of_template


def in_code(code: str) -> list[tuple[int, str | tuple[str, str], str | None]]:
    return [(found.line, found.text, found.context) for found in texts_of_python(Source("a/b.py", code))]


def in_template(page: str) -> list[tuple[int, str | tuple[str, str], str | None]]:
    return [(found.line, found.text, found.context) for found in texts_of_template(Source("templates/a.html", page))]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('_("One")', "One"),
        ('gettext("One " "two")', "One two"),
        ('x = {1: gettext_lazy("One")}', "One"),
        ('gettext_noop("One")', "One"),
        ('ngettext("One day", "%(n)d days", n)', ("One day", "%(n)d days")),
        ('ngettext_lazy("One day", "%(n)d days", "n")', ("One day", "%(n)d days")),
    ],
)
def test_code_when_it_speaks(code: str, found: str | tuple[str, str]) -> None:
    assert in_code(code) == [(1, found, None)]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('pgettext("a day", "Sun")', "Sun"),
        ('pgettext_lazy("a day", "Sun")', "Sun"),
        ('npgettext("a day", "Sun", "Suns", n)', ("Sun", "Suns")),
    ],
)
def test_code_when_there_is_a_context(code: str, found: str | tuple[str, str]) -> None:
    assert in_code(code) == [(1, found, "a day")]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<p>{% translate "One" %}</p>', (1, "One", None)),
        ("<p>\n  <b title=\"{% translate 'One' %}\">", (2, "One", None)),
        ('{% translate "May" context "month" as may %}', (1, "May", "month")),
        ("{% blocktranslate with a=b.c %}One {{ a }}{% endblocktranslate %}", (1, "One %(a)s", None)),
        ("\n  {% blocktranslate trimmed %}\n    One\n    two\n  {% endblocktranslate %}", (2, "One two", None)),
        ("{% blocktranslate count n=m %}a{% plural %}{{ n }} b{% endblocktranslate %}", (1, ("a", "%(n)s b"), None)),
        ("{% blocktranslate %}100 %{% endblocktranslate %}", (1, "100 %%", None)),
    ],
)
def test_template_when_it_speaks(page: str, found: tuple[int, str | tuple[str, str], str | None]) -> None:
    assert in_template(page) == [found]


def test_template_when_plain() -> None:
    assert in_template("{# _('a') #}{% comment %}{% translate 'b' %}{% endcomment %}<p>{{ c }}</p>") == []


def test_texts_when_in_order(texts: list[Found]) -> None:
    paths = [found.path for found in texts]

    assert "templates/base.html" in paths
    assert "policies/words.py" in paths
    assert paths == sorted(paths, key=lambda path: path.startswith("templates/"))


def unreadable(source: Source) -> list[str]:
    """Calls whose text is put together at run time, where nobody can find it."""
    return [
        source.at(node, ast.unparse(node))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and name_of(node.func) in KEYWORDS
        and not all(isinstance(text, ast.Constant) for text in _texts(node))
    ]


def _texts(call: ast.Call) -> list[ast.expr]:
    places = KEYWORDS[name_of(call.func)] or (1,)
    return [call.args[(place if isinstance(place, int) else place[0]) - 1] for place in places]


def test_texts_when_put_together_at_run_time() -> None:
    assert [finding for source in product() for finding in unreadable(source)] == []


@pytest.mark.parametrize("code", ['_(f"One {a}")', "gettext(a)", 'ngettext("One", b, 2)', '_("a" + b)'])
def test_text_when_put_together_at_run_time(code: str) -> None:
    assert len(unreadable(Source("a/b.py", code))) == 1
