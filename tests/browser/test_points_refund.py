"""Points 1 to 6, 12 to 14 and 20: what a patient sees before, while and after cancelling."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.certificates.queries import certificate_of
from appointments.certificates.wording import verification_url
from appointments.manage import links
from appointments.models import Appointment, Channel, ManageLink, SecurityCode
from appointments.notifications.outbox import due_messages, send_message
from appointments.portal.urls import urlpatterns
from refunds.models import Refund
from tests.browser.patients import appointment_of, come_with_session, expect_heading, follow, press, to_the_red_button
from tests.factories import ReasonCodeFactory, UserFactory
from tests.portal.walk import everything

pytestmark = pytest.mark.django_db(transaction=True)

TIER = timedelta(hours=20)  # 75 % comes back


@pytest.fixture(autouse=True)
def _reasons(live_server: object) -> None:
    ReasonCodeFactory.create(code="better", label="I feel better")


def addresses(appointment: Appointment) -> Iterator[str]:
    """Every address of the portal, with what belongs to this appointment put in where it can be."""
    token = links.issue_link(chain_id=appointment.chain_id, now=timezone.now())
    given = {"reference": appointment.reference, "token": token, "currency": "INR", "number": "K7QP-3MHC-D4GHX"}
    for pattern in urlpatterns:
        names = pattern.pattern.converters
        values = {
            name: given.get(name, 1 if type(kind).__name__ == "IntConverter" else uuid4())
            for name, kind in names.items()
        }
        yield reverse(f"portal:{pattern.name}", kwargs=values)


def test_point_1_status_when_every_address_is_opened(page: Page) -> None:
    appointment = appointment_of()
    come_with_session(page, appointment.chain.patient.user)
    before = everything()
    opened = list(addresses(appointment))
    assert len(opened) > 40

    for address in opened:
        for answer in (page.request.get(address), page.request.head(address)):
            assert answer.status < 500, address
    page.context.clear_cookies()
    page.goto(next(address for address in opened if address.startswith("/m/")))

    expect_heading(page, "Manage your appointment")
    assert everything() == before
    assert SecurityCode.objects.count() == 0
    assert ManageLink.objects.filter(revoked_at__isnull=False).count() == 0


def test_point_2_refund_page_when_part_is_kept(page: Page) -> None:
    appointment = appointment_of(starts_in=TIER)
    Channel.objects.update(handling_fee=50_00)
    come_with_session(page, appointment.chain.patient.user)

    page.goto(f"/appointments/{appointment.reference}/cancel/")

    said = page.locator("main").inner_text()
    for words in (
        "₹1,000.00",
        "₹250.00",
        "75% back",
        "Handling fee",
        "₹50.00",
        "₹700.00",
        "card or account",
        "at the latest",
    ):
        assert words in said, words
    assert page.get_by_role("button", name=re.compile("Cancel appointment")).count() == 0


def test_point_3_amount_when_followed_everywhere(page: Page) -> None:
    appointment = appointment_of(starts_in=TIER)
    come_with_session(page, appointment.chain.patient.user)
    page.goto(f"/appointments/{appointment.reference}/cancel/")
    amount = page.locator(".sum__row--total dd").inner_text().strip()
    assert amount == "₹750.00"
    to_the_red_button(page, appointment)
    press(page, f"Cancel appointment and refund {amount}")
    expect_heading(page, "Appointment cancelled")
    expect(page.locator("main")).to_contain_text(amount)

    now = timezone.now()
    for message in due_messages(now=now, limit=9):
        send_message(message, now=now)
    assert f"You get back: {amount}" in str(mail.outbox[-1].body)
    certificate = certificate_of(appointment)
    assert certificate is not None
    page.goto(verification_url(certificate.number).partition("testserver")[2])
    expect(page.locator("main")).to_contain_text(amount)
    page.goto(f"/refunds/{Refund.objects.get().pk}/")
    expect_heading(page, f"Your refund of {amount}")


def test_point_4_quote_when_a_boundary_is_crossed_within_its_time(page: Page) -> None:
    appointment = appointment_of(starts_in=timedelta(hours=24, minutes=5))
    come_with_session(page, appointment.chain.patient.user)
    to_the_red_button(page, appointment)

    with time_machine.travel(timezone.now() + timedelta(minutes=8)):
        press(page, "Cancel appointment and refund ₹1,000.00")
        expect_heading(page, "Appointment cancelled")

    assert Refund.objects.get().amount == 100_000


def test_point_5_quote_when_its_time_is_over(page: Page) -> None:
    appointment = appointment_of(starts_in=timedelta(hours=24, minutes=5))
    come_with_session(page, appointment.chain.patient.user)
    to_the_red_button(page, appointment)

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        press(page, "Cancel appointment and refund ₹1,000.00")
        expect_heading(page, "Your refund has changed")
        expect(page.locator(".compare__old")).to_contain_text("₹1,000.00")
        expect(page.locator(".compare__new")).to_contain_text("₹750.00")
        assert Appointment.objects.get().status == "confirmed"

        press(page, "Cancel appointment and refund ₹750.00")
        expect_heading(page, "Appointment cancelled")

    assert Refund.objects.get().amount == 75_000


def test_point_6_ways_out_when_named(page: Page) -> None:
    appointment = appointment_of()
    come_with_session(page, appointment.chain.patient.user)
    one = f"/appointments/{appointment.reference}"
    for address in (f"{one}/", f"{one}/cancel/", f"{one}/cancel/reason/", f"{one}/change/", f"{one}/change/reason/"):
        page.goto(address)
        assert page.locator("a, button", has_text=re.compile(r"^\s*Cancel\s*$")).count() == 0, address
    to_the_red_button(page, appointment)

    assert page.locator("a, button", has_text=re.compile(r"^\s*Cancel\s*$")).count() == 0
    follow(page, "Keep this appointment")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Appointment with")


def cancelled(page: Page) -> Appointment:
    """Cancel in the browser, and stay on the page that says so."""
    appointment = appointment_of()
    come_with_session(page, appointment.chain.patient.user)
    to_the_red_button(page, appointment)
    press(page, "Cancel appointment and refund ₹1,000.00")
    expect_heading(page, "Appointment cancelled")
    return appointment


def test_points_12_13_14_confirmation_when_reopened_and_printed(page: Page) -> None:
    appointment = cancelled(page)
    address = page.url

    page.goto(address)

    expect(page.locator(".panel .ref")).to_have_text(appointment.reference)
    assert page.locator(".panel a").count() == 0
    expect(page.locator("main ol")).to_contain_text(re.compile(r"\d{1,2} \w+ 20\d\d"))
    expect(page.get_by_role("button", name="Save or print this page")).to_be_visible()
    page.emulate_media(media="print")
    for gone in (page.locator(".bar nav").first, page.get_by_role("button", name="Save or print this page")):
        expect(gone).to_be_hidden()
    paper = page.locator("body").inner_text()
    for kept in (appointment.reference, "₹1,000.00", f"/appointments/{appointment.reference}/cancelled/"):
        assert kept in paper, kept
    page.emulate_media(media="screen")

    come_with_session(page, UserFactory.create())
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 404


def test_point_20_late_cancel_when_the_window_is_closed(page: Page) -> None:
    appointment = appointment_of(window_hours=96)
    come_with_session(page, appointment.chain.patient.user)

    page.goto(f"/appointments/{appointment.reference}/cancel/")

    expect_heading(page, "You cannot cancel online now")
    expect(page.locator("main")).to_contain_text(appointment.centre.phone)
    expect(page.get_by_role("link", name="Send a request online")).to_be_visible()
    assert page.locator(".field--bad, .errs").count() == 0
    assert Appointment.objects.get().status == "confirmed"
