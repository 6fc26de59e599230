"""A visitor without a browser: opens pages of a running demonstration and sends their forms."""

import re
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener


class _Form(HTMLParser):
    """Finds the one form of a page besides signing out, and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._inside = "logout" not in (found.get("action") or "")
            if self._inside:
                self.action = found.get("action") or ""
        elif tag == "input" and self._inside and found.get("type") == "hidden":
            self.fields[str(found["name"])] = found.get("value") or ""


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

    def send(self, **answers: str) -> None:
        """Send the page's form with its hidden fields and these answers."""
        form = _Form()
        form.feed(self.page)
        assert form.action is not None, self.address
        self.open(form.action or self.address, form.fields | answers)

    def heading(self) -> str:
        """Return the text of the h1."""
        [text] = re.findall(r"<h1[^>]*>(.*?)</h1>", self.page, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", "", text).split())
