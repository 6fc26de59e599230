"""The files that programs read are made from the translations, and made again when these change."""

import gettext
import os
from pathlib import Path

import pytest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from config.catalogues import compile_all

PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Refund"\nmsgstr "{words}"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hi" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "hi" / "LC_MESSAGES" / "django.po").write_text(PO.format(words="रिफ़ंड"), encoding="utf-8")
    return tmp_path


def said(folder: Path) -> str:
    return gettext.translation("django", folder, ["hi"]).gettext("Refund")


def test_compile_when_new(folder: Path) -> None:
    assert compile_all(folder=folder) == [folder / "hi" / "LC_MESSAGES" / "django.mo"]
    assert said(folder) == "रिफ़ंड"
    assert [path.name for path in (folder / "hi" / "LC_MESSAGES").glob("django*")] in (
        ["django.po", "django.mo"],
        ["django.mo", "django.po"],
    )


def test_compile_when_nothing_changed(folder: Path) -> None:
    compile_all(folder=folder)

    assert compile_all(folder=folder) == []


def test_compile_when_changed(folder: Path) -> None:
    made = compile_all(folder=folder)[0]
    made.with_suffix(".po").write_text(PO.format(words="वापसी"), encoding="utf-8")
    later = made.stat().st_mtime + 1
    os.utime(made.with_suffix(".po"), (later, later))

    assert compile_all(folder=folder) == [made]
    gettext._translations.clear()  # type: ignore[attr-defined]
    assert said(folder) == "वापसी"


@pytest.mark.parametrize(
    ("language", "title", "hours"),
    [("zh-hans", "您的预约", "3 小时"), ("hi", "आपके अपॉइंटमेंट", "3 घंटे"), ("en", "Your appointments", "3 hours")],
)
def test_words_when_in_use(language: str, title: str, hours: str) -> None:
    with override(language):
        assert _("Your appointments") == title
        assert ngettext("%(count)d hour", "%(count)d hours", 3) % {"count": 3} == hours
