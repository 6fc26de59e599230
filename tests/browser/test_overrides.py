"""An override by two people in a real browser."""

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from appointments.models import Appointment, ReasonCode, User
from tests.browser.desk import look_in_both_lights
from tests.browser.patients import appointment_of
from tests.browser.test_leave import sign_in_at_the_desk
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    """Booked; one person may give at most 200 rupees against the terms."""
    one = appointment_of()
    ReasonCode.objects.get_or_create(code="ill", defaults={"label": "Patient is ill", "for_staff": True})
    one.centre.override_limit = 20_000
    one.centre.save(update_fields=["override_limit"])
    return one


def manager(appointment: Appointment, name: str) -> User:
    import_module("appointments.migrations.0003_groups").make_groups(apps)  # the test before emptied the tables
    user = UserFactory.create(is_staff=True, full_name=name)
    user.groups.set([Group.objects.get(name="centre manager")])
    appointment.centre.staff.add(user)
    return user


def test_override_when_two_people_agree(
    appointment: Appointment,
    page: Page,
    base_url: str,
    screenshot: Callable[[Page, str], None],
    axe_violations: Callable[[Page], list[str]],
) -> None:
    sign_in_at_the_desk(page, manager(appointment, "Asha Kulkarni"), base_url)
    page.goto(f"/admin/appointments/appointment/{appointment.pk}/cancel/?percent=40")
    look_in_both_lights(page, "override-ask", axe_violations, screenshot)
    page.get_by_label("40% by your decision").check()
    page.get_by_label("Reason", exact=True).select_option(index=1)
    page.get_by_label("In your words").fill("Agreed by phone")
    page.get_by_role("button", name="Cancel appointment").click()
    expect(page.get_by_text("Nothing was done yet: a second person has been asked.")).to_be_visible()
    page.get_by_role("link", name="Look at it").click()
    expect(page.get_by_role("button", name="Approve and do it")).to_have_count(0)

    sign_in_at_the_desk(page, manager(appointment, "Ravi Joshi"), base_url)
    page.locator("#content").get_by_role("link", name="Overrides for a second person").first.click()
    page.get_by_role("link", name=appointment.reference).click()
    expect(page.get_by_role("row", name="Difference")).to_contain_text("600")
    look_in_both_lights(page, "override", axe_violations, screenshot)
    page.get_by_role("button", name="Approve and do it").click()

    expect(page.get_by_text("Approved and done. The patient is told.")).to_be_visible()
    expect(page.get_by_text("Decided by", exact=True)).to_be_visible()
    appointment.refresh_from_db()
    assert appointment.status == "cancelled"
