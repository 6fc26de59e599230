"""Points 16, 18, 23, 27 and 28: choosing a time, acting for somebody, the keyboard, and time that runs out. And that no point is left out."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.actor import Actor
from appointments.models import Appointment, User
from appointments.usecases.carers import Invitation, accept_invitation, invite_carer
from tests.browser.patients import appointment_of, come_with_session, expect_heading, press, to_the_red_button
from tests.factories import ReasonCodeFactory, UserFactory, booked, moving

pytestmark = pytest.mark.django_db(transaction=True)

NAMED = re.compile(r"^def test_points?((?:_\d+)+)_", re.MULTILINE)
#: What has the focus and lies under the bar that stays at the top.
UNDER_THE_BAR = """() => {
  const focused = document.activeElement, bar = document.querySelector('.bar');
  if (!focused || focused === document.body || bar.contains(focused)) return '';
  const a = focused.getBoundingClientRect(), b = bar.getBoundingClientRect();
  return a.top < b.bottom && a.bottom > b.top && getComputedStyle(bar).position === 'sticky' ? focused.outerHTML : '';
}"""


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    ReasonCodeFactory.create(code="better", label="I feel better")
    return appointment_of()


def test_point_16_times_when_offered(page: Page, appointment: Appointment) -> None:
    moving(appointment)
    moving(appointment, starts_at=appointment.slot.starts_at + timedelta(days=2))
    come_with_session(page, appointment.chain.patient.user)

    page.goto(f"/appointments/{appointment.reference}/change/")

    days = page.locator("main details fieldset")
    assert days.count() == 2
    assert [days.nth(n).locator("legend").count() for n in range(2)] == [1, 1]
    assert page.locator("main input[type=radio]").count() == days.locator("input[type=radio]").count() == 2
    expect(page.get_by_text("All times are in India Time.")).to_be_visible()


def test_point_18_time_when_taken_meanwhile(page: Page, appointment: Appointment) -> None:
    taken = moving(appointment)
    free = moving(appointment, starts_at=appointment.slot.starts_at + timedelta(days=2))
    come_with_session(page, appointment.chain.patient.user)
    page.goto(f"/appointments/{appointment.reference}/change/")
    page.locator(f"label.slot:has(input[value='{taken.pk}'])").click()
    press(page, "Continue")
    expect_heading(page, "Check your new appointment")
    booked(slot=taken)

    page.locator("main form button[type=submit]").last.click()

    expect(page.locator("[data-errors]")).to_contain_text("That time has just been taken. Select another time")
    values = page.locator("main input[type=radio]").evaluate_all("all => all.map(one => one.value)")
    assert values == [str(free.pk)]
    assert Appointment.objects.get(pk=appointment.pk).status == "confirmed"


def carer_of(appointment: Appointment) -> User:
    """Somebody who may act for the appointment's patient."""
    now, carer = timezone.now(), UserFactory.create(email="asha@example.org")
    asked = Invitation(
        email="asha@example.org",
        relation="child",
        rights="act",
        proof="consent",
        starts_on=now.date() - timedelta(days=2),
    )
    patient_id = appointment.chain.patient_id
    relation = invite_carer(patient_id=patient_id, invitation=asked, actor=Actor.system("test"), now=now)
    assert accept_invitation(relation_id=relation.pk, user=carer, now=now)
    return carer


def test_point_23_patient_when_a_carer_acts_and_strangers_look(page: Page, appointment: Appointment) -> None:
    name, one = appointment.chain.patient.name, f"/appointments/{appointment.reference}"
    moving(appointment)
    come_with_session(page, carer_of(appointment))
    for address in ("/appointments/", f"{one}/", f"{one}/change/", f"{one}/cancel/", f"{one}/cancel/reason/"):
        page.goto(address)
        expect(page.get_by_text(f"You are acting for {name}")).to_be_visible()
    to_the_red_button(page, appointment)
    expect(page.get_by_text(f"You are acting for {name}")).to_be_visible()
    press(page, "Cancel appointment and refund ₹1,000.00")
    expect_heading(page, "Appointment cancelled")
    expect(page.get_by_text(f"You are acting for {name}")).to_be_visible()

    come_with_session(page, UserFactory.create())
    answers = [page.goto(address) for address in (f"{one}/", f"{one}/cancel/", f"{one}/change/", f"{one}/cancelled/")]
    assert [answer.status for answer in answers if answer] == [404] * 4


def test_point_27_focus_when_tabbing_under_the_bar(page: Page, appointment: Appointment) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    come_with_session(page, appointment.chain.patient.user)
    page.goto(f"/appointments/{appointment.reference}/")
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).position") == "sticky"
    stops = page.locator("a, button, summary, input").count()
    hidden = []

    for key in ["Tab"] * stops + ["Shift+Tab"] * stops:
        page.keyboard.press(key)
        hidden.append(page.evaluate(UNDER_THE_BAR))

    assert [html for html in hidden if html] == []


def test_point_28_hold_when_it_is_about_to_end(page: Page, appointment: Appointment) -> None:
    page.clock.install(time=timezone.now())
    come_with_session(page, appointment.chain.patient.user)
    to_the_red_button(page, appointment)
    before = page.locator("[data-until]").get_attribute("data-until")
    spoken = page.locator("[data-countdown] [role=status]")
    expect(spoken).to_have_text("")

    page.clock.fast_forward("09:20")

    expect(spoken).to_have_text("Less than 1 minute left.")
    page.get_by_role("button", name="I need more time").focus()
    page.keyboard.press("Enter")
    expect_heading(page, "Confirm you want to cancel this appointment")
    expect(page.locator("main")).to_contain_text("I feel better")
    expect(page.get_by_role("button", name="Cancel appointment and refund ₹1,000.00")).to_be_visible()
    assert page.locator("[data-until]").get_attribute("data-until") != before


def test_points_when_counted() -> None:
    texts = [path.read_text() for path in Path(__file__).parent.glob("test_*.py")]

    named = {int(number) for text in texts for found in NAMED.findall(text) for number in found.split("_")[1:]}

    assert named == set(range(1, 31))
