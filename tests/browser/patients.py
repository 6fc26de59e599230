"""Appointments for the browser, where the clock is the real one, signing in, and the few things that patients press."""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Appointment, User
from tests.factories import CentreFactory, DoctorFactory, PatientFactory, SlotFactory, booked, published_policy

PASSWORD = "a good password"


def appointment_of(*, starts_in: timedelta | None = None, **terms: Any) -> Appointment:
    """Return an appointment in about three days, around noon, booked ten days ago under these terms and paid by card."""
    now = timezone.now()
    centre = CentreFactory.create(policy=published_policy(now=now - timedelta(days=60), **terms))
    in_three_days = (now + timedelta(days=3)).replace(hour=6, minute=15, second=0, microsecond=0)  # noon in India
    starts_at = now + starts_in if starts_in else in_three_days
    slot = SlotFactory.create(doctor=DoctorFactory.create(centre=centre), starts_at=starts_at)
    return booked(slot=slot, patient=PatientFactory.create(name="Meera Nair"), booked_at=now - timedelta(days=10))


def sign_in(page: Page, appointment: Appointment) -> None:
    """Sign in as the appointment's patient, by the form."""
    user = appointment.chain.patient.user
    assert user is not None
    User.objects.filter(pk=user.pk).update(password=make_password(PASSWORD))
    page.goto("/login/")
    page.get_by_label("E-mail address or phone number").fill(str(user.email))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/appointments/")


def come_with_session(page: Page, user: User | None) -> None:
    """Be signed in without the form, which has tests of its own."""
    assert user is not None
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": "/"}])


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()


def expect_heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(rf"^\s*{re.escape(text)}\s*$"))


def to_the_red_button(page: Page, appointment: Appointment) -> None:
    """Walk from the refund to the check page; the reason "better" has to be there."""
    page.goto(f"/appointments/{appointment.reference}/cancel/")
    follow(page, "Continue to cancel")
    page.get_by_label("I feel better").check()
    press(page, "Continue")
    expect_heading(page, "Confirm you want to cancel this appointment")
