"""Every page of the patient against WCAG 2.2 A and AA and at 320 pixels, light and dark."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from appointments.actor import Actor
from appointments.models import Appointment
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.reschedule import reschedule_appointment
from refunds.models import Refund
from tests.browser.patients import appointment_of, sign_in
from tests.factories import ReasonCodeFactory, moving

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320)]
# What scrolls sideways, and what can be pressed but is smaller than 24 by 24 pixels (links within a sentence may be).
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('button, summary, select, input:not([type=hidden]), .btn, .slot, .opt')]
    .filter(e => e.offsetParent && !e.classList.contains('btn-link'))
    .filter(e => e.getBoundingClientRect().height < (e.matches('[type=radio], [type=checkbox]') ? 24 : 44))
    .map(e => e.outerHTML)"""


@pytest.fixture
def look(
    new_context: Callable[..., BrowserContext],
    axe_violations: Callable[[Page], list[str]],
    request: pytest.FixtureRequest,
) -> Callable[[Page, str], list[str]]:
    """`look(page, "/…")`: what is wrong with a page; empty when it is fine."""

    def at(page: Page, address: str = "") -> list[str]:
        if address:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
        wrong = [f"{page.url}: {violation}" for violation in axe_violations(page)]
        if page.evaluate(WIDER) > 0:
            wrong.append(f"{page.url} scrolls sideways")
        return wrong + [f"{page.url}: small {html}" for html in page.evaluate(SMALL)]

    return at


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def page(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]) -> Page:
    """A page in each look."""
    scheme, width = request.param
    return new_context(color_scheme=scheme, viewport={"width": width, "height": 800}).new_page()


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    ReasonCodeFactory.create(code="better", label="I feel better")
    ReasonCodeFactory.create(code="other", label="Another reason", needs_text=True)
    return appointment_of()


Look = Callable[..., list[str]]


def test_points_25_26_pages_when_cancelling(page: Page, look: Look, appointment: Appointment) -> None:
    one = f"/appointments/{appointment.reference}"
    wrong = look(page, "/login/")
    sign_in(page, appointment)
    wrong += look(page) + look(page, f"{one}/") + look(page, f"{one}/cancel/") + look(page, f"{one}/cancel/reason/")
    page.get_by_role("button", name="Continue").click()
    wrong += look(page)
    page.get_by_label("I feel better").check()
    page.get_by_role("button", name="Continue").click()
    wrong += look(page)
    page.get_by_role("button", name="Cancel appointment").click()
    wrong += look(page) + look(page, f"{one}/") + look(page, f"/refunds/{Refund.objects.get().pk}/")

    assert wrong == []


def test_points_25_26_pages_when_changing(page: Page, look: Look, appointment: Appointment) -> None:
    one = f"/appointments/{appointment.reference}"
    moving(appointment, price=140_000)
    sign_in(page, appointment)
    wrong = look(page, f"{one}/change/")
    page.get_by_role("button", name="Continue").click()
    wrong += look(page)
    page.locator("label.slot").first.click()
    page.get_by_role("button", name="Continue").click()
    wrong += look(page)
    page.get_by_role("button", name="Continue and pay").click()
    wrong += look(page) + look(page, f"{one}/")
    page.get_by_role("link", name="Pay ₹400.00").click()
    page.get_by_role("button", name="Pay ₹400.00").click()
    address = page.url
    wrong += look(page, address.replace("/sandbox/pay/", "/payments/"))
    page.goto(address)
    page.get_by_role("button", name="Pay").click()
    wrong += look(page) + look(page, f"{one}/")

    assert wrong == []


def test_points_25_26_pages_when_nothing_can_be_done(page: Page, look: Look, appointment: Appointment) -> None:
    patient = appointment.chain.patient
    actor = Actor.patient(patient.user)  # type: ignore[arg-type]
    now = timezone.now()
    slot = moving(appointment)
    new = reschedule_appointment(appointment_id=appointment.pk, slot_id=slot.pk, actor=actor, now=now).appointment
    cancel_appointment(appointment_id=new.pk, actor=actor, now=now)
    sign_in(page, appointment)

    wrong = look(page, f"/appointments/{appointment.reference}/") + look(page, f"/appointments/{new.reference}/change/")
    wrong += look(page, "/calendar/")
    page.get_by_role("button", name="Make a private address").click()
    wrong += look(page) + look(page, "/calendar/")

    assert wrong == []
