"""The day board in a real browser: a Monday at the front desk."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from appointments.manage.links import issue_link
from appointments.models import Appointment, User
from tests.appointments.usecases.agents import AGENTS, PATIENTS, agent_of
from tests.browser.desk import look_in_both_lights
from tests.browser.patients import appointment_of
from tests.browser.test_leave import sign_in_at_the_desk
from tests.factories import DoctorFactory, PatientFactory, SlotFactory, UserFactory, booked, held

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    """Booked today at noon, at a centre where more is going on: held, free, withdrawn, of four doctors."""
    one = appointment_of(starts_in=timedelta(hours=2))
    now, centre = timezone.now(), one.centre
    for number, name in enumerate(("Dr Asha Deshpande", "Dr Vikram Rao", "Dr Farida Shaikh")):
        doctor = DoctorFactory.create(centre=centre, name=name, specialty="General medicine")
        for half in range(-2, 6):
            SlotFactory.create(
                doctor=doctor, starts_at=one.slot.starts_at + timedelta(minutes=30 * (half + number % 2))
            )
    slots = list(doctor.slots.order_by("starts_at"))
    held(slot=slots[4], patient=PatientFactory.create(name="Imran Khan"), now=now)
    booked(slot=slots[5], patient=PatientFactory.create(name="Sunita Venkataraman"), booked_at=now)
    slots[6].is_withdrawn = True
    slots[6].save()
    slots[7].bookable_from = now + timedelta(hours=1)
    slots[7].save()
    return one


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def clerk(appointment: Appointment) -> User:
    import_module("appointments.migrations.0003_groups").make_groups(apps)  # the test before emptied the tables
    user = UserFactory.create(is_staff=True)
    user.groups.set([Group.objects.get(name="front desk")])
    appointment.centre.staff.add(user)
    return user


def test_board_when_worked_from(
    page: Page,
    appointment: Appointment,
    clerk: User,
    base_url: str,
    screenshot: Callable[[Page, str], None],
    axe_violations: Callable[[Page], list[str]],
) -> None:
    """Look, search, go to another day and back, and follow a link of a cell, by keyboard alone where it matters."""
    sign_in_at_the_desk(page, clerk, base_url)
    page.get_by_role("link", name="Day board").first.click()
    expect(page.locator("#content-main").get_by_role("heading", level=1)).to_have_text("Day board")
    look_in_both_lights(page, "board", axe_violations, screenshot)

    page.get_by_label("Find a patient’s appointment").fill("meera")
    page.keyboard.press("Enter")
    expect(page.locator("#content-main").get_by_role("heading", name="1 found for “meera”")).to_be_visible()
    screenshot(page, "board-found")
    assert axe_violations(page) == []

    page.get_by_role("link", name="Move: Meera Nair").click()
    expect(page.locator("#content-main").get_by_role("heading", level=1)).to_have_text("Move to another time")

    page.get_by_role("link", name="Day board").first.click()
    page.get_by_role("link", name="Book: Dr Vikram Rao").last.click()
    page.get_by_label("Find the patient").fill("meera")
    page.keyboard.press("Enter")
    page.get_by_label("Meera Nair").check()
    assert axe_violations(page) == []
    screenshot(page, "book")
    page.get_by_role("button", name="Hold this time").click()
    expect(page.get_by_text("The time is held. It is booked once it is paid.")).to_be_visible()


def test_agent_when_at_the_desk(
    page: Page,
    appointment: Appointment,
    clerk: User,
    base_url: str,
    screenshot: Callable[[Page, str], None],
    axe_violations: Callable[[Page], list[str]],
) -> None:
    """The patient's number is entered, the agent comes with three, the booking opens; the links in messages are taken back."""
    agent_of(appointment)
    issue_link(chain_id=appointment.chain_id, now=timezone.now())
    sign_in_at_the_desk(page, clerk, base_url)
    page.goto(f"/admin/appointments/patient/{appointment.chain.patient_id}/id-number/")
    expect(page.get_by_text("•••• 0177")).to_be_visible()
    look_in_both_lights(page, "id-number", axe_violations, screenshot)

    page.get_by_role("link", name="Agent at the desk").first.click()
    page.get_by_label("Order number").fill(appointment.reference)
    page.get_by_label("ID number of the patient").fill(PATIENTS)
    page.get_by_label("ID number of the agent").fill("PB 55")
    page.get_by_label("What do they want done?").fill("Cancel, the child is well")
    page.get_by_role("button", name="Open the booking").click()
    expect(page.get_by_role("alert")).to_contain_text("The three numbers do not fit")
    assert axe_violations(page) == []
    screenshot(page, "agent-refused")
    page.get_by_label("ID number of the agent").fill(AGENTS)
    page.get_by_role("button", name="Open the booking").click()
    expect(page.get_by_text("Asha Shah (Parent) stands at your desk.")).to_be_visible()
    look_in_both_lights(page, "agent-detail", axe_violations, screenshot)

    page.get_by_role("link", name="Take back links").click()
    expect(page.get_by_text("Of this booking (1)")).to_be_visible()
    look_in_both_lights(page, "links", axe_violations, screenshot)
