"""Weekly hours in a real browser: from the list of what is missing to slots on offer, without a script being needed."""

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from appointments.models import Appointment, Slot, User
from tests.browser.patients import appointment_of
from tests.browser.test_leave import sign_in_at_the_desk
from tests.factories import DoctorFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    return appointment_of()


@pytest.fixture
def manager(appointment: Appointment) -> User:
    import_module("appointments.migrations.0003_groups").make_groups(apps)  # the test before emptied the tables
    user = UserFactory.create(is_staff=True)
    user.groups.set([Group.objects.get(name="centre manager")])
    appointment.centre.staff.add(user)
    return user


def test_hours_when_a_doctor_is_new(
    appointment: Appointment, manager: User, page: Page, base_url: str, axe_violations: Callable[[Page], list[str]]
) -> None:
    doctor = DoctorFactory.create(centre=appointment.centre, name="Dr Farah Shaikh")
    sign_in_at_the_desk(page, manager, base_url)
    page.goto("/admin/appointments/centre/first-steps/")
    expect(page.get_by_text("Dr Farah Shaikh")).to_be_visible()
    assert axe_violations(page) == []

    page.goto(f"/admin/appointments/weeklyhours/add/?doctor={doctor.pk}")
    page.get_by_label("Monday").check()
    page.get_by_label("Thursday").check()
    page.get_by_label("From", exact=False).first.fill("09:00")
    page.get_by_label("Until", exact=False).first.fill("11:00")
    page.get_by_label("Minutes of a slot").fill("30")
    page.get_by_label("Price").fill("500")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Slots of Dr Farah Shaikh")).to_be_visible()
    assert not Slot.objects.filter(doctor=doctor).exists()
    assert axe_violations(page) == []

    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("button", name="Make the slots so").click()
    expect(page.get_by_text("Everything is as the hours say.")).to_be_visible()
    made = Slot.objects.filter(doctor=doctor)
    assert {slot.price for slot in made} == {50_000}
    assert made.count() >= 60  # four slots on two days of more than eight weeks, less what has begun today
