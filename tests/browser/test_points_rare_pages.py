"""Points 25 and 26 on the pages that few people see: nothing comes back, the refund changed, a time was taken, a link is over."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from appointments.manage import links
from appointments.models import Channel, Doctor, OutboxMessage, Patient
from tests.browser.conftest import Look
from tests.browser.mirrored import LANGUAGE as MIRRORED
from tests.browser.patients import appointment_of, come_with_session, expect_heading, follow, press, to_the_red_button
from tests.browser.test_languages import _mirrored_too, mirrored_folder, speak
from tests.factories import ReasonCodeFactory, booked, moving

__all__ = ["_mirrored_too", "mirrored_folder"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _reasons(live_server: object) -> None:
    ReasonCodeFactory.create(code="better", label="I feel better")


def test_points_25_26_pages_when_nothing_comes_back_it_is_risky_or_too_late(page: Page, look: Look) -> None:
    nothing = appointment_of(starts_in=timedelta(hours=1), window_hours=0)
    Doctor.objects.filter(pk=nothing.slot.doctor_id).update(delay_is_risky=True)
    late = appointment_of(window_hours=96)
    come_with_session(page, nothing.chain.patient.user)
    page.goto(f"/appointments/{nothing.reference}/cancel/")
    wrong = look(page)
    follow(page, "Continue to cancel")
    page.get_by_label("I feel better").check()
    press(page, "Continue")
    expect_heading(page, "This may delay your treatment")
    wrong += look(page)
    press(page, "Continue to cancel")
    expect_heading(page, "You will not get any money back")
    wrong += look(page)

    come_with_session(page, late.chain.patient.user)
    wrong += look(page, f"/appointments/{late.reference}/cancel/")
    expect_heading(page, "You cannot cancel online now")

    assert wrong == []


def test_points_25_26_pages_when_figures_or_times_changed(page: Page, look: Look) -> None:
    appointment = appointment_of(starts_in=timedelta(hours=24, minutes=5))
    taken = moving(appointment)
    moving(appointment, starts_at=appointment.slot.starts_at + timedelta(days=2))
    come_with_session(page, appointment.chain.patient.user)
    page.goto(f"/appointments/{appointment.reference}/change/")
    page.locator(f"label.slot:has(input[value='{taken.pk}'])").click()
    press(page, "Continue")
    booked(slot=taken)
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("[data-errors]")).to_be_visible()
    wrong = look(page)

    to_the_red_button(page, appointment)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        press(page, "Cancel appointment and refund ₹1,000.00")
        expect_heading(page, "Your refund has changed")
        wrong += look(page)

    assert wrong == []


def test_points_25_26_pages_when_a_message_did_not_arrive(
    page: Page, look: Look, settings: Settings, tmp_path: Path
) -> None:
    settings.SMS_SENDER, settings.EMAIL_FILE_PATH = "file", tmp_path
    appointment = appointment_of()
    patient = appointment.chain.patient
    Patient.objects.update(phone="+919800000001", bounced_email=patient.email)
    OutboxMessage.objects.update(state=OutboxMessage.State.BOUNCED)
    come_with_session(page, patient.user)

    wrong = look(page, "/messages/")
    press(page, "Save")
    expect(page.get_by_text("Saved.")).to_be_visible()
    wrong += look(page)
    page.goto(f"/appointments/{appointment.reference}/")
    page.locator("summary", has_text="Messages about this appointment").click()
    wrong += look(page)

    assert wrong == []


def test_points_25_26_pages_when_a_link_is_over(page: Page, look: Look) -> None:
    appointment = appointment_of()
    now = timezone.now()
    good, over = (links.issue_link(chain_id=appointment.chain_id, now=now) for _ in range(2))
    page.goto(f"/m/{good}/")
    wrong = look(page)
    press(page, "Send me a security code")
    press(page, "Continue")
    expect(page.locator("[data-errors]")).to_contain_text("Enter the 6 numbers we sent you")
    wrong += look(page)

    links.revoke_links(chain_id=appointment.chain_id, now=now)
    page.goto(f"/m/{over}/")

    expect_heading(page, "This link cannot be used")
    assert wrong + look(page) == []


@pytest.mark.usefixtures("_mirrored_too")
def test_points_25_26_rare_pages_when_they_run_to_the_left(page: Page, look: Look) -> None:
    appointment = appointment_of(window_hours=96)
    patient = appointment.chain.patient
    Patient.objects.update(bounced_email=patient.email)
    come_with_session(page, patient.user)
    speak(page, MIRRORED)

    wrong = look(page, "/messages/") + look(page, f"/appointments/{appointment.reference}/cancel/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    wrong += look(page, "/people/")
    Channel.objects.update(is_website=True)
    wrong += look(page, f"/book/wait/?centre={appointment.centre.pk}", name="wait-mirrored") + look(page, "/waiting/")

    assert wrong == []
