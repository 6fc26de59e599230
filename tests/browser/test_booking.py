"""Booking in a real browser: with and without JavaScript, and each page against WCAG 2.2 A and AA."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Appointment, Channel, Patient, Slot
from appointments.portal.presenters import booking as presenter
from tests.browser.conftest import Look
from tests.browser.patients import appointment_of, expect_heading, follow, press, sign_in
from tests.factories import DoctorFactory, fresh, held, moving
from tests.portal.test_credit import give_credit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    """A patient booked already, at a clinic whose patients book here, with two more free times."""
    one = appointment_of()
    Channel.objects.update(is_website=True)
    moving(one)
    moving(one, starts_at=one.slot.starts_at + timedelta(days=1, hours=1))
    return one


def to_the_check(page: Page, appointment: Appointment) -> None:
    """Sign in and choose the first free time."""
    sign_in(page, appointment)
    follow(page, "Book an appointment")
    page.locator("label.slot").first.click()
    press(page, "Continue")
    expect_heading(page, "Check before this time is held for you")


def book(page: Page, appointment: Appointment) -> None:
    to_the_check(page, appointment)
    page.get_by_label("What is it about?").fill("A cough")
    press(page, "Hold this time and pay ₹1,000.00")
    expect_heading(page, "Pay for your appointment")
    press(page, "Pay ₹1,000.00")
    press(page, "Pay")
    expect_heading(page, "Appointment booked")
    newest = Appointment.objects.latest("pk")
    assert (newest.status, newest.chain.visit_reason) == ("confirmed", "A cough")
    expect(page.locator(".panel .ref")).to_have_text(newest.reference)
    expect(page.locator(".panel a")).to_have_count(0)


def test_booking_when_paid(page: Page, appointment: Appointment) -> None:
    book(page, appointment)


def test_15_booking_when_there_is_no_javascript(page_without_javascript: Page, appointment: Appointment) -> None:
    book(page_without_javascript, appointment)


def test_10_booking_when_clicked_twice(page: Page, appointment: Appointment) -> None:
    to_the_check(page, appointment)

    page.get_by_role("button", name="Hold this time").dblclick()

    expect_heading(page, "Pay for your appointment")
    assert Appointment.objects.count() == 2


def test_18_booking_when_somebody_was_faster(page: Page, appointment: Appointment) -> None:
    to_the_check(page, appointment)
    held(slot=Slot.objects.order_by("starts_at")[1], now=timezone.now())

    press(page, "Hold this time and pay ₹1,000.00")

    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page.locator("[data-errors]")).to_contain_text("That time has just been taken. Select another time")
    expect(page.locator("label.slot")).to_have_count(1)


def test_28_hold_when_it_is_about_to_end(page: Page, appointment: Appointment) -> None:
    to_the_check(page, appointment)
    press(page, "Hold this time and pay ₹1,000.00")
    expect_heading(page, "Pay for your appointment")
    draft = Appointment.objects.latest("pk")
    Appointment.objects.filter(pk=draft.pk).update(hold_expires_at=timezone.now() + timedelta(seconds=50))
    page.reload()
    expect(page.locator(".countdown__say")).to_have_text("Less than 1 minute left.")

    page.get_by_role("button", name="I need more time").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("The time is held for you until")).to_be_visible()
    expect(page.locator(".countdown__say")).to_have_text("")
    expires = fresh(draft).hold_expires_at
    assert expires is not None
    assert expires > timezone.now() + timedelta(minutes=14)
    expect(page.get_by_role("button", name="I need more time")).to_have_count(0)


def test_29_reason_when_the_language_changes(page: Page, appointment: Appointment) -> None:
    to_the_check(page, appointment)
    page.get_by_label("What is it about?").fill("A cough")

    page.get_by_role("button", name="हिन्दी").click()

    expect(page.locator("html")).to_have_attribute("lang", "hi")
    expect(page.locator("#id_visit_reason")).to_have_value("A cough")


def test_25_pages_when_choosing(
    page: Page, look: Look, appointment: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_the_check(page, appointment)
    wrong = look(page, name="book-check") + look(page, "/book/", name="book-times")
    press(page, "Continue")
    wrong += look(page, name="book-times-error")
    wrong += look(page, f"/book/?from_day={(timezone.now() + timedelta(days=29)).date()}", name="book-none")
    last = Slot.objects.order_by("starts_at").last()
    assert last
    Slot.objects.filter(pk=last.pk).update(bookable_from=timezone.now() + timedelta(hours=1))
    wrong += look(page, "/book/", name="book-soon")
    DoctorFactory.create(centre=last.doctor.centre, specialty="Dermatology")
    wrong += look(page, "/book/", name="book-overview")
    monkeypatch.setattr(presenter, "MOST_UNSORTED", 0)
    wrong += look(page, "/book/", name="book-specialties")
    Channel.objects.update(is_website=False)
    wrong += look(page, "/book/", name="book-call")
    Patient.objects.update(user=None)
    wrong += look(page, "/book/", name="book-nobody")

    assert wrong == []


def test_25_pages_when_paying(page: Page, look: Look, appointment: Appointment) -> None:
    for days in (2, 3, 4):
        moving(appointment, starts_at=appointment.slot.starts_at + timedelta(days=days))
    to_the_check(page, appointment)
    press(page, "Hold this time and pay ₹1,000.00")
    one = Appointment.objects.latest("pk")
    wrong = look(page, name="book-pay") + look(page, f"/appointments/{one.reference}/", name="book-detail")
    give_credit(one, 40_000)
    wrong += look(page, f"/appointments/{one.reference}/pay/", name="book-pay-credit")
    for slot in Slot.objects.order_by("starts_at")[3:6]:
        page.goto(f"/book/{slot.pk}/")
        press(page, "Hold this time and pay ₹1,000.00")
    wrong += look(page, name="book-many")
    page.goto(f"/appointments/{one.reference}/pay/")
    press(page, "Pay ₹1,000.00")
    press(page, "Decline")
    wrong += look(page, name="book-declined")
    follow(page, "Try to pay again")
    press(page, "Pay ₹1,000.00")
    press(page, "Pay")
    wrong += look(page, name="book-booked")

    assert wrong == []
