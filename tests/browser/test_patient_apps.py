"""An app on the patient's device in a real browser: its page leads back to it, and looks right."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Request

from appointments.models import Appointment
from appointments.patient_apps.consents import allow_app
from appointments.usecases.carers import Invitation, accept_invitation, invite_carer
from tests.api.phones import answer_in, pulse, question
from tests.browser.conftest import LOOKS, Look
from tests.browser.patients import appointment_of, sign_in
from tests.factories import system

pytestmark = pytest.mark.django_db(transaction=True)

LOOPBACK = "http://127.0.0.1:8765/back"


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    return appointment_of()


def leads_to(page: Page) -> list[str]:
    """The addresses that the browser is led to outside the site, and what it refuses to follow."""
    led: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request() and "/back" in request.url:
            led.append(request.url)

    page.on("request", note)
    page.on("console", lambda message: led.append(message.text) if "Security Policy" in message.text else None)
    return led


@pytest.mark.parametrize("back", [LOOPBACK, "com.example.pulse:/back"])
def test_answer_when_allowed_leads_to_the_app(page: Page, appointment: Appointment, back: str) -> None:
    app = pulse(addresses=back)
    page.route("http://127.0.0.1:8765/**", lambda route: route.fulfill(body="Thank you"))
    sign_in(page, appointment)
    page.goto(question(app, redirect_uri=back))
    led = leads_to(page)

    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_timeout(500) if back != LOOPBACK else page.wait_for_url(re.compile("/back"))

    assert [address for address in led if "Security Policy" in address] == []
    if back == LOOPBACK:
        assert set(answer_in(page.url)) == {"code", "state"}


def test_pages_when_looked_at(browser: Browser, base_url: str, appointment: Appointment, look: Look) -> None:
    user, other, now = appointment.chain.patient.user, appointment_of(), timezone.now()
    assert user is not None
    asked = Invitation(email=str(user.email), relation="parent", rights="act", proof="birth", starts_on=now.date())
    relation = invite_carer(patient_id=other.chain.patient_id, invitation=asked, actor=system(), now=now)
    app = pulse(name="Pulse, the diary of your health")
    page = browser.new_context(base_url=base_url, color_scheme="light").new_page()
    sign_in(page, appointment)
    accept_invitation(relation_id=relation.pk, user=user, now=now)
    user.refresh_from_db()
    consent = allow_app(app_id=app.pk, user=user, may_act=True, now=now)
    there = {
        "ask": question(app),
        "list": "/account/apps/",
        "end": f"/account/apps/{consent.pk}/end/",
        "account": "/account/security/",
        "unknown": "/oauth/authorize/",
    }

    found = []
    for name, address in there.items():
        page.goto(address)  # the page of an unknown app says 400
        found += look(page, looks=LOOKS[:1] + LOOKS[2:], name=f"app-{name}")
    assert found == []
