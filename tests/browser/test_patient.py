"""Patients in a real browser: cancelling until the money is back, moving with a fee and with a difference, going Back."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Appointment, AppointmentEvent
from refunds.models import Refund
from tests.browser.patients import PASSWORD, appointment_of, expect_heading, follow, press, sign_in
from tests.factories import ReasonCodeFactory, moving
from tests.refunds.builders import settle_at_the_sandbox, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    """An appointment in three days, booked long ago and paid by card."""
    ReasonCodeFactory.create(code="better", label="I feel better")
    ReasonCodeFactory.create(code="other", label="Another reason", needs_text=True)
    return appointment_of()


def walk_to_the_red_button(page: Page, appointment: Appointment) -> None:
    """Sign in and walk from the list to the check page."""
    sign_in(page, appointment)
    follow(page, f"Appointment with {appointment.slot.doctor.name}")
    follow(page, "Cancel appointment")
    expect_heading(page, "Check your refund before you cancel")
    follow(page, "Continue to cancel")
    page.get_by_label("I feel better").check()
    press(page, "Continue")
    expect_heading(page, "Confirm you want to cancel this appointment")


def cancel_until_refunded(page: Page, appointment: Appointment) -> None:
    """The whole way, with a worker and a bank that do their part."""
    walk_to_the_red_button(page, appointment)
    press(page, "Cancel appointment and refund ₹1,000.00")
    expect_heading(page, "Appointment cancelled")
    expect(page.locator(".panel .ref")).to_have_text(appointment.reference)
    follow(page, "Track your refund of ₹1,000.00")
    expect_heading(page, "Your refund of ₹1,000.00")
    expect(page.locator("[aria-current=step]")).to_contain_text("Sent to your card provider")

    refund = Refund.objects.get()
    work(refund, now=timezone.now())
    page.reload()
    expect(page.locator("[aria-current=step]")).to_contain_text("Waiting for your bank")
    settle_at_the_sandbox()
    work(refund, now=timezone.now())
    page.reload()
    expect(page.locator("[aria-current=step]")).to_contain_text("Refunded")
    expect(page.locator("[aria-current=step]")).to_have_count(1)


def test_point_24_tracker_when_the_money_comes_back(page: Page, appointment: Appointment) -> None:
    cancel_until_refunded(page, appointment)


def test_cancelling_when_there_is_no_javascript(page_without_javascript: Page, appointment: Appointment) -> None:
    cancel_until_refunded(page_without_javascript, appointment)


def test_point_10_cancelling_when_clicked_twice_and_in_two_tabs(page: Page, appointment: Appointment) -> None:
    walk_to_the_red_button(page, appointment)
    other_tab = page.context.new_page()
    other_tab.goto(page.url)
    expect_heading(other_tab, "Confirm you want to cancel this appointment")

    page.get_by_role("button", name="Cancel appointment and refund").dblclick()
    expect_heading(page, "Appointment cancelled")
    press(other_tab, "Cancel appointment and refund ₹1,000.00")

    expect_heading(other_tab, "Appointment cancelled")
    expect(other_tab.locator(".panel .ref")).to_have_text(appointment.reference)
    assert AppointmentEvent.objects.filter(kind="cancelled").count() == 1
    assert Refund.objects.count() == 1


def test_point_11_cancelling_when_going_back_afterwards(page: Page, appointment: Appointment) -> None:
    walk_to_the_red_button(page, appointment)
    press(page, "Cancel appointment and refund ₹1,000.00")
    expect_heading(page, "Appointment cancelled")

    page.go_back()

    expect_heading(page, "Appointment cancelled")
    expect(page.locator(".panel .ref")).to_have_text(appointment.reference)


def test_points_7_8_reason_when_missing(page: Page, appointment: Appointment) -> None:
    sign_in(page, appointment)
    page.goto(f"/appointments/{appointment.reference}/cancel/")
    follow(page, "Continue to cancel")
    press(page, "Continue")

    expect(page).to_have_title(re.compile(r"^\s*Error:"))
    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page.locator("[data-errors] a")).to_have_text("Select why you are cancelling")
    expect(page.locator(".field--bad .msg")).to_have_text(re.compile("Error:\\s*Select why you are cancelling"))
    page.locator("[data-errors] a").click()
    expect(page.get_by_role("radio").first).to_be_focused()


def test_point_9_reason_when_going_back_to_it(page: Page, appointment: Appointment) -> None:
    sign_in(page, appointment)
    page.goto(f"/appointments/{appointment.reference}/cancel/")
    follow(page, "Continue to cancel")
    page.get_by_label("Another reason").check()
    press(page, "Continue")
    page.get_by_label("In your own words").fill("I found a clinic nearer to home")
    press(page, "Continue")
    expect_heading(page, "Confirm you want to cancel this appointment")

    page.go_back()

    expect(page.get_by_label("Another reason")).to_be_checked()
    expect(page.get_by_label("In your own words")).to_have_value("I found a clinic nearer to home")


def move(page: Page, appointment: Appointment, time: str) -> None:
    """Choose the first time whose words hold `time`, and go on to the check."""
    sign_in(page, appointment)
    page.goto(f"/appointments/{appointment.reference}/")
    follow(page, "Change date or time")
    slot = page.locator("label.slot", has_text=time).first
    if not slot.is_visible():
        page.locator("summary", has_text="time").last.click()
    slot.click()
    press(page, "Continue")
    expect_heading(page, "Check your new appointment")


def test_moving_when_there_is_a_fee(page: Page, live_server: object) -> None:
    appointment = appointment_of(free_reschedules=0)
    moving(appointment)
    move(page, appointment, "Change fee ₹100.00")

    press(page, "Continue and pay ₹100.00")
    press(page, "Pay ₹100.00")
    press(page, "Pay")

    expect_heading(page, "Appointment changed")
    assert Appointment.objects.get(replaces=appointment).status == "confirmed"


def test_points_15_17_19_moving_when_dearer_and_declined_first_without_javascript(
    page_without_javascript: Page, appointment: Appointment
) -> None:
    page = page_without_javascript
    moving(appointment)
    moving(appointment, starts_at=appointment.slot.starts_at + timedelta(days=2), price=140_000)
    move(page, appointment, "You pay ₹400.00")
    expect(page.locator("main")).to_contain_text("₹400.00")
    press(page, "Continue and pay ₹400.00")
    press(page, "Pay ₹400.00")
    press(page, "Decline")
    expect_heading(page, "Your payment did not go through")
    expect(page.get_by_text("Your appointment above is still booked.")).to_be_visible()
    assert Appointment.objects.get(pk=appointment.pk).status == "confirmed"

    follow(page, "Try to pay again")
    press(page, "Pay ₹400.00")
    press(page, "Pay")

    expect_heading(page, "Appointment changed")
    expect(page.get_by_text("Paid for this change")).to_be_visible()


def test_login_when_the_password_is_wrong(page: Page, appointment: Appointment) -> None:
    page.goto("/login/")
    page.get_by_label("E-mail address or phone number").fill("nobody@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")

    expect(page.locator("[data-errors]")).to_be_focused()


def test_pages_when_signed_out_and_gone_back(page: Page, appointment: Appointment) -> None:
    sign_in(page, appointment)
    page.goto(f"/appointments/{appointment.reference}/")
    press(page, "Sign out")
    expect_heading(page, "Sign in")

    page.go_back()

    expect_heading(page, "Sign in")
