"""Find every text for people in the code and the templates, without a gettext on the machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from tests.architecture.tree import Source, sources

#: Where each function takes its texts: the plain one, the plural, the context ("c").
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_CODE = ("appointments", "config", "policies", "refunds")


@dataclass(frozen=True)
class Found:
    """One text where it stands: one string, or singular and plural."""

    path: str
    line: int
    text: str | tuple[str, str]
    context: str | None
    comments: tuple[str, ...] = ()


def find_texts() -> Iterator[Found]:
    """Every text of the project, file by file."""
    for source in sources(".py", under=_CODE):
        yield from texts_of_python(source)
    for source in sources(".html", ".txt", under=("templates",)):
        yield from texts_of_template(source)


def texts_of_python(source: Source) -> Iterator[Found]:
    """The texts of one Python file."""
    code = BytesIO(source.text.encode())
    found = extract("python", code, keywords=KEYWORDS, comment_tags=("Translators:",), options={"encoding": "utf-8"})
    for line, text, comments, context in found:
        if isinstance(text, str):
            yield Found(source.path, line, text, context, tuple(comments))
        else:
            yield Found(source.path, line, (text[0], text[1]), context, tuple(comments))


def texts_of_template(source: Source) -> Iterator[Found]:
    """The texts of one template: Django turns it into calls, one for each tag, on the line where the tag stands."""
    calls = templatize(source.text, origin=source.path)
    flat = "\n".join(line.lstrip() for line in calls.split("\n"))  # what is left of the page has no indentation to keep
    yield from texts_of_python(Source(source.path, flat))


def new_catalogue(language: str) -> Catalog:
    """A catalogue of every text, in the order of the files, without a translation."""
    catalogue = Catalog(locale=language)
    for found in find_texts():
        catalogue.add(
            found.text, locations=[(found.path, found.line)], context=found.context, auto_comments=found.comments
        )
    return catalogue
