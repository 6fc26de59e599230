"""The switch of the language, and the pages in other languages: wide, narrow and dark, and from right to left."""

from pathlib import Path

import pytest
from django.conf import settings as product
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from appointments.actor import Actor
from appointments.models import Appointment, Channel, Patient
from appointments.usecases.cancel import cancel_appointment
from refunds.models import Refund
from tests.browser.conftest import Look, show
from tests.browser.mirrored import LANGUAGE as MIRRORED
from tests.browser.mirrored import write_mirrored
from tests.browser.patients import appointment_of, sign_in
from tests.factories import ReasonCodeFactory, moving

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, NARROW = ("light", 1280), ("dark", 320)
# Buttons, fields and links whose boxes cross each other; one within the other does not count.
CROSSING = """() => {
  const seen = [...document.querySelectorAll('a, button, select, textarea, input:not([type=hidden])')]
    .filter(e => e.offsetParent && !e.closest('.skip'));
  const cross = (a, b) => !a.contains(b) && !b.contains(a) && [...a.getClientRects()].some(p =>
    [...b.getClientRects()].some(q =>
      Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1));
  return seen.flatMap((a, i) => seen.slice(i + 1).filter(b => cross(a, b)).map(b => a.outerHTML + ' over ' + b.outerHTML));
}"""


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    ReasonCodeFactory.create(code="better", label="I feel better")
    ReasonCodeFactory.create(code="other", label="Another reason", needs_text=True)
    return appointment_of()


@pytest.fixture(scope="session")
def mirrored_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mirrored(tmp_path_factory.mktemp("mirrored"))


def speak(page: Page, language: str) -> None:
    """Choose a language for this browser."""
    page.context.add_cookies([{"name": "django_language", "value": language, "domain": "localhost", "path": "/"}])


@pytest.fixture
def _mirrored_too(settings: Settings, mirrored_folder: Path) -> None:
    """Serve the mirrored language beside the others. Django forgets what it knew when LANGUAGES change."""
    settings.LOCALE_PATHS = [*product.LOCALE_PATHS, mirrored_folder]
    settings.LANGUAGES = [*product.LANGUAGES, (MIRRORED, "Mirrored")]


def wrong_with(page: Page, language: str, look: Look, looks: tuple[tuple[str, int], ...], name: str) -> list[str]:
    """What is wrong with the page as it stands."""
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == MIRRORED else "ltr")
    expect(page.locator("html")).to_have_attribute("lang", language)
    wrong = look(page, looks=looks, name=name)
    for one in looks:
        show(page, *one)
        wrong += [f"{page.url}, {one}: {crossing}" for crossing in page.evaluate(CROSSING)]
    return wrong


def walk(page: Page, appointment: Appointment) -> list[str]:
    """The addresses of the pages that matter most, from the list to the tracker."""
    free = moving(appointment, price=140_000)
    Channel.objects.update(is_website=True)
    one = f"/appointments/{appointment.reference}"
    return [
        "/appointments/",
        f"{one}/",
        f"{one}/cancel/",
        f"{one}/cancel/reason/",
        f"{one}/cancel/check/",
        f"{one}/change/",
        "/book/",
        f"/book/{free.pk}/",
    ]


@pytest.mark.usefixtures("_mirrored_too")
@pytest.mark.parametrize(
    ("language", "looks"),
    [("zh-hans", (WIDE,)), ("hi", (NARROW,)), (MIRRORED, (WIDE, NARROW))],
    ids=["chinese", "hindi", "mirrored"],
)
def test_points_25_26_pages_when_in_another_language(
    page: Page, look: Look, appointment: Appointment, language: str, looks: tuple[tuple[str, int], ...]
) -> None:
    sign_in(page, appointment)
    speak(page, language)
    show(page, *looks[0])
    wrong = []
    for number, address in enumerate(walk(page, appointment)):
        page.goto(address)
        if "reason" in address:
            page.locator("form#answers button").click()
            wrong += wrong_with(page, language, look, looks, "")
            page.locator("input[value=better]").check()
            page.locator("form#answers button").click()
        wrong += wrong_with(page, language, look, looks, f"language-{language}-{number}")
    cancel_appointment(
        appointment_id=appointment.pk,
        actor=Actor.patient(appointment.chain.patient.user),  # type: ignore[arg-type]
        now=timezone.now(),
    )
    for address in (f"/appointments/{appointment.reference}/cancelled/", f"/refunds/{Refund.objects.get().pk}/"):
        page.goto(address)
        wrong += wrong_with(page, language, look, looks, f"language-{language}-{address.split('/')[1]}")

    assert wrong == []


def switch_with_answers(page: Page, appointment: Appointment) -> None:
    sign_in(page, appointment)
    page.goto(f"/appointments/{appointment.reference}/cancel/")
    page.goto(f"/appointments/{appointment.reference}/cancel/reason/")
    address = page.url
    page.get_by_label("Another reason").check()
    page.get_by_label("In your own words").fill("I found a clinic\nnearer to home")

    page.get_by_role("button", name="हिन्दी").click()

    expect(page.locator("html")).to_have_attribute("lang", "hi")
    assert page.url == address
    expect(page.get_by_label("Another reason")).to_be_checked()
    expect(page.locator("textarea")).to_have_value("I found a clinic\nnearer to home")
    expect(page.locator("[data-errors]")).to_have_count(0)

    page.get_by_role("button", name="आगे बढ़ें").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("पुष्टि करें कि आप यह अपॉइंटमेंट रद्द करना चाहते हैं")
    assert Patient.objects.get(pk=appointment.chain.patient_id).language == "hi"


def test_point_29_when_a_page_is_half_filled(page: Page, appointment: Appointment) -> None:
    show(page, *NARROW)
    switch_with_answers(page, appointment)


def test_point_29_when_there_is_no_javascript(page_without_javascript: Page, appointment: Appointment) -> None:
    switch_with_answers(page_without_javascript, appointment)


def test_point_29_when_reading_only(page: Page, appointment: Appointment) -> None:
    sign_in(page, appointment)
    page.goto(f"/appointments/{appointment.reference}/")
    address = page.url

    page.get_by_role("button", name="简体中文").click()

    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    assert page.url == address
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page.locator("bdi.ref, .ref bdi, bdi", has_text=appointment.reference).first).to_be_visible()
