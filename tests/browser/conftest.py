"""A real Chromium in front of a live server. Tests here are marked `browser` by where they live.

`page` (of pytest-playwright) opens addresses such as "/book/" on the live server; the rows that a test makes are seen
by the server, since both use the same database file.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # a container run by root has no other way
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE_OPTIONS = {"runOnly": {"type": "tag", "values": WCAG_TAGS}, "resultTypes": ["violations"]}
# What scrolls sideways, and what can be pressed but is smaller than 24 by 24 pixels (links within a sentence may be).
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('button, summary, select, input:not([type=hidden]), .btn, .slot, .opt')]
    .filter(e => e.offsetParent && !e.classList.contains('btn-link'))
    .filter(e => e.getBoundingClientRect().height < (e.matches('[type=radio], [type=checkbox]') ? 24 : 44))
    .map(e => `small ${e.outerHTML}`)"""
LOOKS = (("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320))
Look = Callable[..., list[str]]
SCREENSHOTS = Path(settings.BASE_DIR) / "var" / "screenshots"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the machine's own Chromium: CHROMIUM, else the first found on PATH."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        pytest.fail("No Chromium found. Install it (apt-get install chromium) or set CHROMIUM to its path.")
    return browser_type_launch_args | {"executable_path": program, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """No service worker stands between page and server, except in the tests of it."""
    return browser_context_args | {"service_workers": "block"}


@pytest.fixture(scope="session", autouse=True)
def _database_beside_playwright() -> Iterator[None]:
    # Playwright keeps an event loop in this thread, where Django would refuse plain queries.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Where the pages are: "http://localhost:<port>"."""
    return live_server.url


@pytest.fixture
def page_without_javascript(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of a browser in which scripts are switched off."""
    return new_context(java_script_enabled=False).new_page()


@pytest.fixture
def page_on_phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of 360 by 780 CSS pixels with touch."""
    return new_context(viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True).new_page()


@pytest.fixture
def page_in_the_dark(new_context: Callable[..., BrowserContext]) -> Page:
    """A page for someone who prefers a dark screen."""
    return new_context(color_scheme="dark").new_page()


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """`screenshot(page, "quote-dark")` writes var/screenshots/quote-dark.png (the whole page) where PICTURES is set."""

    def take(page: Page, name: str) -> None:
        if os.environ.get("PICTURES"):
            page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    return take


@pytest.fixture
def axe_violations() -> Callable[[Page], list[str]]:
    """`axe_violations(page)`: what axe finds against WCAG 2.2 A and AA, one line "rule: where" each; empty when fine."""

    def check(page: Page) -> list[str]:
        page.wait_for_load_state()  # after a click the next page has begun, not more
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        found = page.evaluate("options => axe.run(options)", AXE_OPTIONS)["violations"]
        return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]

    return check


@pytest.fixture
def look(axe_violations: Callable[[Page], list[str]], screenshot: Callable[[Page, str], None]) -> Look:
    """`look(page, "/…")`: what is wrong with a page, or with where it stands; empty when it is fine.

    It is looked at in every one of LOOKS and left in the first; a `name` leaves a picture of each.
    """

    def at(page: Page, address: str = "", *, name: str = "", looks: Sequence[tuple[str, int]] = LOOKS) -> list[str]:
        if address:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
        page.wait_for_load_state()
        wrong = []
        for scheme, width in looks:
            show(page, scheme, width)
            found = axe_violations(page) + page.evaluate(SMALL)
            if page.evaluate(WIDER) > 0:
                found.append("scrolls sideways")
            wrong += [f"{page.url}, {scheme}, {width}: {what}" for what in found]
            if name:
                screenshot(page, f"{name}-{scheme}-{width}")
        show(page, *looks[0])
        return wrong

    return at


def show(page: Page, scheme: str, width: int) -> None:
    """Give the page a light or dark screen of so many CSS pixels, with nothing moving on it."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
