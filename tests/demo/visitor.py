"""A visitor without a browser: opens pages of a running demonstration and sends their forms."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener


@dataclass
class _Form:
    """A form of the page: where it goes, what it says and asks for, and its hidden fields."""

    action: str
    words: str = ""
    names: set[str] = field(default_factory=set)
    hidden: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """The forms of a page's main part, in order. Those of header and footer, on every page, are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []
        self._in_main = False
        self._form: _Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        self._in_main = self._in_main or tag == "main"
        if tag == "form" and self._in_main:
            self._form = _Form(has.get("action") or "")
            self.found.append(self._form)
        elif self._form and has.get("name"):
            self._form.names.add(str(has["name"]))
            if has.get("type") == "hidden":
                self._form.hidden[str(has["name"])] = has.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._form:
            self._form.words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "main":
            self._in_main = False


class Visitor:
    """Keeps cookies, the page and its address."""

    def __init__(self, site: str) -> None:
        self.address, self.page = site, ""
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, path: str, data: dict[str, Any] | None = None) -> None:
        """Open a path, or send data to it, and follow redirects."""
        body = None if data is None else urlencode(data).encode()
        with self._opener.open(urljoin(self.address, path), body, timeout=30) as response:
            self.address, self.page = response.geturl(), response.read().decode()

    def send(self, button: str = "", **answers: str) -> None:
        """Send the last form that asks for these answers and has this button, with its hidden fields."""
        forms = _Forms()
        forms.feed(self.page)
        fitting = [form for form in forms.found if form.names >= set(answers) and button in form.words]
        assert fitting, f"{self.address} asks for nothing like {button} {sorted(answers)}"
        self.open(fitting[-1].action or self.address, fitting[-1].hidden | answers)

    def heading(self) -> str:
        """Return the text of the h1."""
        [text] = re.findall(r"<h1[^>]*>(.*?)</h1>", self.page, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", "", text).split())
