"""Put answers back into a page's form: for a page that comes again, in another language, before it was sent."""

from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser

from django.http import QueryDict

_Attributes = list[tuple[str, str | None]]
_CHOSEN = {"radio", "checkbox"}
#: Never put into a page: what nobody typed, and what a page must not repeat.
_LEFT = {"hidden", "password", "file", "submit", "button", "image", "reset"}


def refill(page: str, *, answers: QueryDict, form: str) -> str:
    """Return the page with the answers in the fields of the form with this id. Everything else stays to the letter."""
    filler = _Filler(page, answers, form)
    filler.feed(page)
    filler.close()
    return filler.text()


class _Filler(HTMLParser):
    """Reads a page and notes what to put where."""

    def __init__(self, page: str, answers: QueryDict, form: str) -> None:
        super().__init__(convert_charrefs=False)
        self._page, self._answers, self._form = page, answers, form
        lines = page.split("\n")
        self._line_starts = [0]
        for line in lines:
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)
        self._changes: list[tuple[int, int, str]] = []
        self._is_inside = False
        self._select = ""
        self._textarea: tuple[int, str] | None = None

    def text(self) -> str:
        """Return the page with every change made."""
        parts, done = [], 0
        for begin, end, new in self._changes:
            parts += [self._page[done:begin], new]
            done = end
        return "".join([*parts, self._page[done:]])

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        """Note a field's new opening."""
        values = dict(attrs)
        name = values.get("name") or ""
        if tag == "form":
            self._is_inside = values.get("id") == self._form
        if not self._is_inside:
            return
        if tag == "select":
            self._select = name
        elif tag == "option" and self._is_answered(self._select):
            chosen = values.get("value") in self._answers.getlist(self._select)
            self._open_anew(tag, attrs, {"selected": "" if chosen else None})
        elif tag == "textarea" and self._is_answered(name):
            self._textarea = (self._place() + len(self.get_starttag_text() or ""), name)
        elif tag == "input":
            self._fill_input(attrs, values, name)

    def handle_startendtag(self, tag: str, attrs: _Attributes) -> None:
        """Treat `<input />` as `<input>`."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Note a text box's new words, and where the form ends."""
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._textarea:
            begin, name = self._textarea
            # A browser drops one line break after the tag: the one put here, not the one that was typed.
            self._changes.append((begin, self._place(), "\n" + escape(self._answer(name))))
            self._textarea = None

    def _fill_input(self, attrs: _Attributes, values: Mapping[str, str | None], name: str) -> None:
        kind = (values.get("type") or "text").lower()
        if kind in _CHOSEN:
            # A box that is not ticked is not sent at all: every box of the form has an answer.
            chosen = (values.get("value") or "on") in self._answers.getlist(name)
            self._open_anew("input", attrs, {"checked": "" if chosen else None})
        elif kind not in _LEFT and self._is_answered(name):
            self._open_anew("input", attrs, {"value": self._answer(name)})

    def _answer(self, name: str) -> str:
        return str(self._answers.get(name, ""))

    def _is_answered(self, name: str) -> bool:
        return bool(name) and name in self._answers

    def _open_anew(self, tag: str, attrs: _Attributes, changed: Mapping[str, str | None]) -> None:
        """Write the tag again. A changed attribute of None is left out."""
        kept = [(name, value) for name, value in attrs if name not in changed]
        added = [(name, value) for name, value in changed.items() if value is not None]
        written = "".join(f' {name}="{escape(value or "")}"' for name, value in [*kept, *added])
        old = self.get_starttag_text() or ""
        self._changes.append((self._place(), self._place() + len(old), f"<{tag}{written}>"))

    def _place(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column
