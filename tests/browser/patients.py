"""Appointments for the browser, where the clock is the real one, and signing in."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Page

from appointments.models import Appointment, User
from tests.factories import CentreFactory, DoctorFactory, PatientFactory, SlotFactory, booked, published_policy

PASSWORD = "a good password"


def appointment_of(**terms: Any) -> Appointment:
    """Return an appointment in three days at a quarter past, booked ten days ago under these terms and paid by card."""
    now = timezone.now()
    centre = CentreFactory.create(policy=published_policy(now=now - timedelta(days=60), **terms))
    starts_at = (now + timedelta(days=3)).replace(minute=15, second=0, microsecond=0)
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
