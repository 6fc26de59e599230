"""Plays the patient and their browser: opens an app's question, signs in, says yes, and prints the code the app gets.

`python patients_browser.py NAME PASSWORD BACK ADDRESS`
"""

import re
import sys
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener


def let_in(name: str, password: str, back: str, address: str) -> str:
    """Sign in, say yes, and return the address of the app to which that led."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    there, page = _opened(browser, address)
    assert "/login/" in there, there
    there, page = _sent(browser, there, page, {"login": name, "password": password})
    assert "into your account?" in page, there
    try:
        there, page = _sent(browser, there, page, {"answer": "allow"})
    except HTTPError as led:  # urllib follows no scheme of an app's own
        if str(led.headers["Location"]).startswith(f"{back}?"):
            return str(led.headers["Location"])
        raise
    raise AssertionError(f"led to {there}")


def _opened(browser: Any, address: str, data: bytes | None = None) -> tuple[str, str]:
    with browser.open(address, data) as answer:
        return str(answer.url), answer.read().decode()


def _sent(browser: Any, address: str, page: str, answers: dict[str, str]) -> tuple[str, str]:
    """Send the page's own form with these answers and what it hides."""
    form = next(
        part for part in re.findall(r"<form\b.*?</form>", page, re.DOTALL) if f'name="{next(iter(answers))}"' in part
    )
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    action = re.search(r'action="([^"]+)"', form.partition(">")[0])
    return _opened(
        browser,
        urljoin(address, unescape(action[1]) if action else address),
        urlencode({field: unescape(value) for field, value in hidden} | answers).encode(),
    )


if __name__ == "__main__":
    sys.stdout.write(parse_qs(urlsplit(let_in(*sys.argv[1:])).query)["code"][0] + "\n")
