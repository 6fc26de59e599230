"""The .po files: one for each language, in the order of the code, without a date or a path of a machine."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from config.catalogues import LOCALE_DIR
from tests.catalogues.extract import new_catalogue

LANGUAGES = ("hi", "zh_Hans")
_HEADER = """\
# Fairslot in {name}. `make messages` finds new texts; docs/languages.md says which words stand for what.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals={forms}; plural={plural};\\n"

"""


def path_of(language: str) -> Path:
    """Where a language's file is."""
    return LOCALE_DIR / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """What the file says; an empty catalogue where there is none yet."""
    if not path_of(language).exists():
        return Catalog(locale=language)
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str) -> Catalog:
    """Every text of the code with the translation it has so far. What the code no longer says is left out."""
    known, fresh = read(language), new_catalogue(language)
    for message in texts_in(fresh):
        old = known.get(message.id, message.context)
        if old is not None and _is_plural(old) == _is_plural(message):
            message.string = old.string
    return fresh


def as_text(catalogue: Catalog) -> str:
    """The file for a catalogue."""
    body = BytesIO()
    # Without line numbers: a line moved in the code is no change here.
    write_po(body, catalogue, omit_header=True, sort_by_file=True, width=120, include_lineno=False)
    language = str(catalogue.locale)
    plural = get_plural(language)
    name = catalogue.locale.english_name if catalogue.locale else language
    header = _HEADER.format(name=name, language=language, forms=plural.num_plurals, plural=plural.plural_expr)
    return header + body.getvalue().decode().strip() + "\n"


def write(catalogue: Catalog) -> Path:
    """Write the file of a catalogue's language."""
    path = path_of(str(catalogue.locale))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(catalogue), encoding="utf-8")
    return path


def texts_in(catalogue: Catalog) -> list[Message]:
    """The entries without the header."""
    return [message for message in catalogue if message.id]


def forms_of(message: Message) -> list[str]:
    """The translations of one entry, one for each plural form."""
    forms = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return [form or "" for form in forms]


def _is_plural(message: Message) -> bool:
    return isinstance(message.id, (list, tuple))
