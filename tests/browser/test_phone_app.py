"""G2 in a real browser: the portal can be installed, and without a network it shows whom to call and nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from appointments.models import Appointment
from tests.browser.patients import appointment_of, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = """async () => {
  const names = await caches.keys();
  const caches_ = await Promise.all(names.map((name) => caches.open(name)));
  const kept = await Promise.all(caches_.map((cache) => cache.keys()));
  return kept.flat().map((request) => new URL(request.url).pathname).sort();
}"""
READY = "async () => { await navigator.serviceWorker.ready; return (await caches.keys()).length; }"
SPEAKS_HINDI = """async () => {
  while (!navigator.serviceWorker.controller?.scriptURL.endsWith("/hi.js")) await new Promise((go) => setTimeout(go, 50));
}"""
WIDTH = "document.scrollingElement.scrollWidth - window.innerWidth"


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    return appointment_of()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """The worker may work here, which the other tests do without."""
    return browser_context_args | {"service_workers": "allow"}


@pytest.fixture
def phone(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]) -> Page:
    """A narrow window, light or dark."""
    scheme = getattr(request, "param", "light")
    context = new_context(color_scheme=scheme, viewport={"width": 320, "height": 700})
    return context.new_page()


def ready(page: Page) -> None:
    """Wait until the worker has put its files aside."""
    assert page.evaluate(READY) == 1


def test_app_when_installed(phone: Page, appointment: Appointment) -> None:
    phone.goto("/login/")
    ready(phone)
    device = phone.context.new_cdp_session(phone)

    told = device.send("Page.getAppManifest")
    wrong = device.send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert told["errors"] == []
    assert json.loads(told["data"])["display"] == "standalone"
    # A test's window keeps nothing, which Chromium counts as one reason.
    assert [error["errorId"] for error in wrong if error["errorId"] != "in-incognito"] == []


def test_app_when_signed_in_keeps_no_page(phone: Page, appointment: Appointment) -> None:
    sign_in(phone, appointment)
    ready(phone)
    phone.goto(f"/appointments/{appointment.reference}/")
    phone.goto("/appointments/")

    assert phone.evaluate(KEPT) == [
        "/app/offline/en/",
        *("/static/fairslot.css", "/static/fairslot.js", "/static/icon.svg", "/static/icons/icon-192.png"),
    ]


@pytest.mark.parametrize("phone", ["light", "dark"], indirect=True)
def test_app_when_offline(phone: Page, appointment: Appointment, axe_violations: Callable[[Page], list[str]]) -> None:
    sign_in(phone, appointment)
    ready(phone)
    phone.context.set_offline(True)

    phone.goto(f"/appointments/{appointment.reference}/")

    expect(phone.get_by_role("heading", level=1)).to_have_text("You are not connected to the internet")
    expect(phone.get_by_role("link", name=appointment.centre.phone)).to_be_visible()
    assert "Meera" not in phone.content()
    assert (axe_violations(phone), phone.evaluate(WIDTH)) == ([], 0)

    phone.context.set_offline(False)
    phone.get_by_role("link", name="Try again").click()

    expect(phone.get_by_role("heading", level=1)).not_to_have_text("You are not connected to the internet")
    assert phone.url.endswith(f"/appointments/{appointment.reference}/")


def test_offline_page_when_the_language_was_switched(phone: Page, appointment: Appointment) -> None:
    phone.goto("/login/")
    ready(phone)
    phone.get_by_role("button", name="हिन्दी").click()
    phone.evaluate(SPEAKS_HINDI)
    phone.context.set_offline(True)

    phone.goto("/find/")

    expect(phone.locator("html")).to_have_attribute("lang", "hi")
