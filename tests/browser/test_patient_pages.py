"""Every page of the patient against WCAG 2.2 A and AA and at 320 pixels, light and dark."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from appointments.actor import Actor
from appointments.models import Appointment
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.reschedule import reschedule_appointment
from refunds.models import Refund
from tests.browser.conftest import Look
from tests.browser.patients import appointment_of, sign_in
from tests.factories import ReasonCodeFactory, moving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    ReasonCodeFactory.create(code="better", label="I feel better")
    ReasonCodeFactory.create(code="other", label="Another reason", needs_text=True)
    return appointment_of()


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
