"""Every text has a good translation in every language: complete, with the same values, markup and end of sentence."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.utils.translation import to_locale

from tests.catalogues.files import LANGUAGES, as_text, forms_of, path_of, read, renewed, texts_in

VALUES = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}")
TAGS = re.compile(r"</?\w+[^<>]*>")
ENDS = {
    ".": ".。।",
    ":": ":\uff1a",
    "?": "?\uff1f",
    "…": "…",
    ",": ",\uff0c\uff1a",
    ")": ")\uff09",
}  # full-width ones too
MARKS = "".join({*ENDS, *"".join(ENDS.values())})


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read(request.param)


def pairs(catalogue: Catalog) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each translation beside what it may be held against: one text, or singular and plural."""
    for message in texts_in(catalogue):
        yield from ((originals(message), form) for form in forms_of(message))


def originals(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def end_of(text: str) -> str:
    """The mark a text ends with, as English has it; empty for none. Markup behind it does not count."""
    last = TAGS.sub("", text).strip()[-1:]
    return last if last in ENDS else ""


def test_languages_when_offered() -> None:
    assert sorted(to_locale(code) for code, _name in settings.LANGUAGES if code != "en") == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_file_when_code_has_changed(language: str) -> None:
    assert path_of(language).read_text(encoding="utf-8") == as_text(renewed(language)), "Run `make messages`."


def test_text_when_not_translated(catalogue: Catalog) -> None:
    assert [message.id for message in texts_in(catalogue) if not all(forms_of(message))] == []


def test_text_when_only_guessed(catalogue: Catalog) -> None:
    assert [message.id for message in texts_in(catalogue) if message.fuzzy] == []


def test_plural_when_counted(catalogue: Catalog) -> None:
    plurals = [message for message in texts_in(catalogue) if not isinstance(message.id, str)]

    assert plurals != []
    assert [message.id for message in plurals if len(forms_of(message)) != catalogue.num_plurals] == []


def test_values_when_translated(catalogue: Catalog) -> None:
    wrong = []
    for texts, form in pairs(catalogue):
        known = [set(VALUES.findall(text)) for text in texts]
        # A singular may leave its number out, and a language without a singular needs it.
        if not set.intersection(*known) <= set(VALUES.findall(form)) <= set.union(*known):
            wrong.append((texts, form))
    assert wrong == []


def test_markup_when_translated(catalogue: Catalog) -> None:
    wrong = [
        (texts, form)
        for texts, form in pairs(catalogue)
        if sorted(TAGS.findall(texts[0])) != sorted(TAGS.findall(form))
    ]
    assert wrong == []


def test_end_when_translated(catalogue: Catalog) -> None:
    wrong = []
    for texts, form in pairs(catalogue):
        last = TAGS.sub("", form).strip()[-1:]
        expected = end_of(texts[0])
        # What leads to a moment or an amount behind it may need a colon where English needs none.
        if last not in ENDS[expected] if expected else last in MARKS.replace(":", "").replace("\uff1a", ""):
            wrong.append((texts, form))
    assert wrong == []


def test_blanks_when_translated(catalogue: Catalog) -> None:
    wrong = [(texts, form) for texts, form in pairs(catalogue) if form != form.strip() and texts[0] == texts[0].strip()]
    assert wrong == []


def test_english_when_left_over(catalogue: Catalog) -> None:
    """A translation in plain letters alone was forgotten, but for names that everybody writes alike."""
    alike = {"IBAN", "IFSC", "Sort", "code", "UPI", "UTC", "SHA", "Webhook", "Razorpay", "Stripe"}
    own = re.compile(r"[\u0900-\u097f\u4e00-\u9fff]")
    wrong = [
        form
        for _texts, form in pairs(catalogue)
        if not own.search(form) and {*re.findall(r"[A-Za-z]{2,}", TAGS.sub("", VALUES.sub("", form)))} - alike
    ]
    assert wrong == []
