"""An emergency leave in a real browser: a manager calls it without a script, a patient chooses another time."""

import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from appointments.models import Appointment, CaseState, EmergencyLeave, LeaveCase, User
from appointments.tasks import work_history_checks, work_leaves
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.leave_case import lapse_case
from appointments.usecases.what_if import ask_history
from policies.admin.preview import fingerprint
from policies.publish import create_draft
from refunds.models import Refund
from tests.browser.patients import appointment_of, sign_in
from tests.factories import DoctorFactory, PatientFactory, SlotFactory, UserFactory, booked, patient_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    """Booked by somebody with an account; another patient of the doctor has a phone only; other times are free."""
    one = appointment_of()
    doctor, start = one.slot.doctor, one.slot.starts_at
    patient = PatientFactory.create(name="Hari Rao", email="", phone="+91 98200 00000")
    booked(slot=SlotFactory.create(doctor=doctor, starts_at=start + timedelta(minutes=30)), patient=patient)
    for day in range(40, 44):
        SlotFactory.create(doctor=doctor, starts_at=start + timedelta(days=day))
    colleague = DoctorFactory.create(centre=doctor.centre, specialty=doctor.specialty)
    for hour in (1, 2, 3):
        SlotFactory.create(doctor=colleague, starts_at=start + timedelta(hours=hour))
    return one


@pytest.fixture
def manager(appointment: Appointment) -> User:
    import_module("appointments.migrations.0003_groups").make_groups(apps)  # the test before emptied the tables
    user = UserFactory.create(is_staff=True)
    user.groups.set([Group.objects.get(name="centre manager")])
    appointment.centre.staff.add(user)
    return user


def sign_in_at_the_desk(page: Page, user: User, base_url: str) -> None:
    """Come with a session; the way in has tests of its own."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base_url}])
    page.goto("/admin/")


def call(page: Page, appointment: Appointment) -> None:
    """From the form to the preview."""
    day = appointment.slot.starts_at.astimezone(appointment.centre.zone).date().isoformat()
    page.goto("/admin/appointments/emergencyleave/add/")
    page.get_by_label("Doctor", exact=True).select_option(str(appointment.slot.doctor_id))
    page.get_by_label("First day away").fill(day)
    page.get_by_label("Last day away").fill(day)
    page.get_by_role("button", name="Show who is affected").click()


def in_every_shape(page: Page, name: str, screenshot: Callable[[Page, str], None]) -> None:
    """Take pictures, wide and narrow, dark and light; nothing scrolls sideways. The admin reads the scheme when a page is loaded."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.reload()
        expect(page.locator("html.dark")).to_have_count(1 if scheme == "dark" else 0)
        for width in (1280, 768):
            page.set_viewport_size({"width": width, "height": 900})
            screenshot(page, f"{name}-{width}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})


def test_point_30_leave_when_called(
    page: Page,
    appointment: Appointment,
    manager: User,
    base_url: str,
    screenshot: Callable[[Page, str], None],
) -> None:
    """Preview, typed count, progress that renews itself, answers."""
    sign_in_at_the_desk(page, manager, base_url)
    call(page, appointment)
    in_every_shape(page, "leave-preview", screenshot)

    expect(page.get_by_text("phone only")).to_be_visible()
    expect(page.get_by_text("₹2,000.00").first).to_be_visible()
    page.get_by_label("Type the number of patients to confirm").fill("2")
    page.get_by_role("button", name="Start the emergency leave").click()
    expect(page.get_by_role("heading", name="Telling the patients")).to_be_visible()
    screenshot(page, "leave-progress")

    work_leaves()
    expect(page.get_by_role("heading", name="All patients are told")).to_be_visible(timeout=15_000)
    in_every_shape(page, "leave-board", screenshot)
    page.get_by_role("link", name="Answer for Hari Rao").click()
    in_every_shape(page, "leave-answer", screenshot)
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="Do what the patient wants").click()

    expect(page.get_by_text("Wanted the money back").first).to_be_visible()
    for case in LeaveCase.objects.filter(state=CaseState.OFFERED):
        lapse_case(case_id=case.pk, now=case.answer_by)
    leave = EmergencyLeave.objects.get()
    assert leave.people == Appointment.objects.filter(status="cancelled").count() == 2
    assert leave.refund == sum(Refund.objects.values_list("amount", flat=True)) == 200_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_answer_when_the_patient_takes_a_time(
    new_context: Callable[..., BrowserContext],
    appointment: Appointment,
    screenshot: Callable[[Page, str], None],
    axe_violations: Callable[[Page], list[str]],
    scheme: str,
) -> None:
    from appointments.usecases.emergency_leave import prepare_leave, start_leave
    from tests.appointments.leave.rows import MANAGER

    now = timezone.now()
    day = appointment.slot.starts_at.astimezone(appointment.centre.zone).date()
    leave = prepare_leave(doctor=appointment.slot.doctor, first_day=day, last_day=day, note="", actor=MANAGER, now=now)
    start_leave(leave_id=leave.pk, count=2, actor=MANAGER, now=now)
    work_leaves()
    page = new_context(viewport={"width": 320, "height": 800}, color_scheme=scheme).new_page()
    sign_in(page, appointment)
    screenshot(page, f"away-list-320-{scheme}")
    page.get_by_role("link", name=re.compile("Appointment with")).first.click()
    screenshot(page, f"away-detail-320-{scheme}")
    assert axe_violations(page) == []
    page.get_by_role("link", name="Choose what to do").click()
    screenshot(page, f"away-choose-320-{scheme}")
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Continue").click()
    screenshot(page, f"away-check-320-{scheme}")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Take this time").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment changed")


def test_today_when_looked_at(
    page: Page,
    appointment: Appointment,
    manager: User,
    base_url: str,
    screenshot: Callable[[Page, str], None],
) -> None:
    """Cards, the day by the hour, refunds by age; and a draft beside the past."""
    now = timezone.now()
    for number in range(9):
        start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=number // 2, minutes=30 * (number % 2))
        one = booked(
            slot=SlotFactory.create(doctor=appointment.slot.doctor, starts_at=start), booked_at=now - timedelta(days=9)
        )
        if number % 3 == 0:
            cancel_appointment(appointment_id=one.pk, actor=patient_of(one), now=start - timedelta(hours=14))
    draft = create_draft(policy_id=appointment.centre.policy_id, actor="test", now=now)
    draft.tiers.filter(percent=75).update(percent=60)
    ask_history(version=draft, fingerprint=fingerprint(draft), actor="test", now=now)
    work_history_checks()
    sign_in_at_the_desk(page, manager, base_url)
    in_every_shape(page, "today", screenshot)

    page.goto(f"/admin/appointments/historycheck/version/{draft.pk}/")
    expect(page.get_by_text("would have refunded")).to_be_visible()
    in_every_shape(page, "history", screenshot)
