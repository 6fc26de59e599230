"""The browser checks can fail, and work under the strict content security policy of the pages."""

from collections.abc import Callable

from django.contrib.staticfiles import finders
from playwright.sync_api import Page

STRICT = {"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'"}
GOOD = '<!doctype html><html lang="en"><title>Good</title><main><h1>Good</h1></main></html>'
BAD = '<!doctype html><html><title></title><main><h1>Bad</h1><img src="x.png"></main></html>'


SCRIPTED = "<h1>Still</h1><script>document.querySelector('h1').textContent = 'Run'</script>"


def _serve(page: Page, html: str, *, headers: dict[str, str] | None = None) -> None:
    page.route("**/page", lambda route: route.fulfill(body=html, content_type="text/html", headers=headers))
    page.goto("/page")


def test_axe_when_page_is_good(page: Page, axe_violations: Callable[[Page], list[str]]) -> None:
    _serve(page, GOOD, headers=STRICT)

    assert axe_violations(page) == []


def test_axe_when_page_is_bad(page: Page, axe_violations: Callable[[Page], list[str]]) -> None:
    _serve(page, BAD, headers=STRICT)

    rules = {line.partition(":")[0] for line in axe_violations(page)}

    assert rules == {"document-title", "html-has-lang", "image-alt"}


def test_page_without_javascript_when_scripted(page_without_javascript: Page) -> None:
    _serve(page_without_javascript, SCRIPTED)

    assert page_without_javascript.locator("h1").text_content() == "Still"


def test_page_when_scripted(page: Page) -> None:
    _serve(page, SCRIPTED)

    assert page.locator("h1").text_content() == "Run"


def test_live_server_when_static_file(page: Page) -> None:
    assert finders.find("admin/css/base.css")

    answer = page.goto("/static/admin/css/base.css")

    assert answer is not None
    assert answer.status == 200
