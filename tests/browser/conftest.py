"""A real Chromium in front of a live server. Tests here are marked `browser` by where they live.

`page` (of pytest-playwright) opens addresses such as "/book/" on the live server; the rows that a test makes are seen
by the server, since both use the same database file.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
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
def screenshot() -> Callable[[Page, str], Path]:
    """`screenshot(page, "quote-dark")` writes var/screenshots/quote-dark.png (the whole page) and returns its path."""

    def take(page: Page, name: str) -> Path:
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take


@pytest.fixture
def axe_violations() -> Callable[[Page], list[str]]:
    """`axe_violations(page)`: what axe finds against WCAG 2.2 A and AA, one line "rule: where" each; empty when fine."""

    def check(page: Page) -> list[str]:
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG_TAGS}}).response["violations"]
        return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]

    return check
