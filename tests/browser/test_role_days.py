"""A Monday of each role: the few steps that its people really take, each page reached by a link that they see."""

import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from appointments.models import Appointment, LateRequest, LateState, LateWish, ListExport, ReasonCode, User
from appointments.usecases.cancel import cancel_appointment
from policies.models import PolicyVersion
from refunds import operations
from refunds.models import Refund, RefundStatus, Way
from tests.browser.patients import appointment_of
from tests.browser.test_leave import sign_in_at_the_desk
from tests.factories import SlotFactory, UserFactory, booked, patient_of

pytestmark = pytest.mark.django_db(transaction=True)

Enter = Callable[[str], Page]


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    """Meera Nair's, in three days, paid by card; a reason is there for everybody."""
    one = appointment_of()
    ReasonCode.objects.get_or_create(
        code="ill", defaults={"label": "Patient is ill", "for_staff": True, "for_doctors": True}
    )
    return one


@pytest.fixture
def enter(appointment: Appointment, page: Page, base_url: str) -> Enter:
    """Come to work as somebody of this role, at the centre of the appointment."""

    def come(role: str) -> Page:
        import_module("appointments.migrations.0003_groups").make_groups(apps)  # the test before emptied the tables
        user = UserFactory.create(is_staff=True, full_name=f"Asha of {role}")
        user.groups.set([Group.objects.get(name=role)])
        if role == "doctor":
            appointment.slot.doctor.user = user
            appointment.slot.doctor.save(update_fields=["user"])
        else:
            appointment.centre.staff.add(user)
        sign_in_at_the_desk(page, user, base_url)
        return page

    return come


def sidebar(page: Page, name: str) -> None:
    page.locator("#nav-sidebar-apps, #nav-sidebar").get_by_role("link", name=name).first.click()


def first_row(page: Page) -> Locator:
    """The link of the first row of a list."""
    return page.locator("#result_list tbody").get_by_role("link").first


def refund_of(appointment: Appointment, *, method: str = "") -> Refund:
    """Cancel as the patient; what was paid another way than by card is booked and cancelled besides."""
    if method:
        slot = SlotFactory.create(
            doctor=appointment.slot.doctor, starts_at=appointment.slot.starts_at + timedelta(days=1)
        )
        appointment = booked(slot=slot, method=method, booked_at=timezone.now() - timedelta(days=10))
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=timezone.now())
    return Refund.objects.get(payment__source=appointment.chain.source)


def test_day_when_at_the_front_desk(enter: Enter, appointment: Appointment) -> None:
    """Somebody arrives and is checked in; somebody calls and cancels."""
    now = timezone.now()
    soon = SlotFactory.create(doctor=appointment.slot.doctor, starts_at=now + timedelta(minutes=5))
    arriving = booked(slot=soon, booked_at=now - timedelta(days=9))
    page = enter("front desk")

    sidebar(page, "All appointments")
    page.get_by_placeholder("Reference or patient").fill(arriving.reference)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=arriving.reference).click()
    page.get_by_role("link", name="Check in").click()
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_text("Checked in", exact=True).first).to_be_visible()

    sidebar(page, "All appointments")
    page.get_by_role("link", name=appointment.reference).click()
    page.get_by_role("link", name="Cancel appointment").click()
    page.get_by_label("Asked by the patient").check()
    page.get_by_label("Reason", exact=True).select_option("ill")
    page.get_by_role("button", name="Cancel appointment").click()
    expect(page.get_by_text("Appointment cancelled. ₹1,000.00 goes back.")).to_be_visible()

    assert [row.status for row in Appointment.objects.order_by("pk")] == ["cancelled", "checked_in"]


def test_day_when_a_doctor(enter: Enter, appointment: Appointment) -> None:
    """The doctor cannot come and gives the reason; all of the money goes back."""
    page = enter("doctor")
    sidebar(page, "My appointments")
    page.get_by_role("link", name=appointment.reference).click()
    expect(page.get_by_text("₹")).to_have_count(0)
    page.get_by_role("link", name="Cancel appointment").click()
    page.get_by_label("Reason", exact=True).select_option("ill")
    page.get_by_role("button", name="Cancel appointment").click()
    expect(page.get_by_text("Appointment cancelled.").first).to_be_visible()

    event = appointment.events.get(kind="cancelled")
    assert (event.actor_kind, event.reason_code) == ("doctor", "ill")
    assert Refund.objects.get().amount == 100_000


def test_day_when_a_cashier(enter: Enter, appointment: Appointment) -> None:
    """Somebody stands at the cash desk for their money."""
    refund = refund_of(appointment, method="cash")
    page = enter("cashier")
    sidebar(page, "Cash desk")
    first_row(page).click()
    page.get_by_role("link", name="Confirm, retry or pay another way").click()
    page.get_by_label("Receipt number").fill("R-1")
    page.get_by_role("button", name="Confirm as paid").click()
    expect(page.get_by_text("Done.")).to_be_visible()

    refund = Refund.objects.get(pk=refund.pk)
    assert (refund.status, refund.attempts.get().reference) == (RefundStatus.COMPLETED, "R-1")


def test_day_when_in_finance(enter: Enter, appointment: Appointment) -> None:
    """A refund could not be paid: it goes another way. Then the books leave as a file."""
    refund = refund_of(appointment)
    operations.mark_failed(
        refund_id=refund.pk, reason_code="by_hand", reason_text="Card closed", actor="test", now=timezone.now()
    )
    page = enter("finance")
    page.locator("#content").get_by_role("link", name="Failed").first.click()
    first_row(page).click()
    page.get_by_role("link", name="Confirm, retry or pay another way").click()
    page.get_by_label("Way").select_option(Way.CASH)
    page.get_by_role("button", name="Pay another way").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    sidebar(page, "Ledger")
    page.get_by_role("link", name=re.compile("Export")).click()
    page.get_by_label("What do you need it for?").fill("Month end")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file").click()

    refund = Refund.objects.get(pk=refund.pk)
    assert (refund.way, refund.status) == (Way.CASH, RefundStatus.PROCESSING)
    assert download.value.suggested_filename.startswith("ledger-")
    assert (ListExport.objects.get().kind, ListExport.objects.get().purpose) == ("ledger", "Month end")


def test_day_when_a_policy_maker(enter: Enter, appointment: Appointment) -> None:
    """A new version: drafted, tried on one booking, published."""
    page = enter("policy maker")
    sidebar(page, "Policies")
    first_row(page).click()
    page.get_by_role("button", name="Open the draft, or start one").click()
    page.get_by_label("Cooling-off", exact=False).first.fill("12")
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("link", name="Preview and publish what was saved").click()
    page.get_by_role("link", name="What if one booking is cancelled?").click()
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_text("The patient gets the same by both.")).to_be_visible()
    page.get_by_role("link", name="Back to the preview").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published:")).to_be_visible()

    newest = PolicyVersion.objects.get(policy=appointment.centre.policy, number=2)
    assert (newest.is_published, int(newest.cooling_off_hours)) == (True, 12)
    appointment.chain.refresh_from_db()
    assert appointment.chain.terms.number == 1


def test_day_when_a_centre_manager(enter: Enter, appointment: Appointment) -> None:
    """A late request waits on the first page and is declined in words."""
    now = timezone.now()
    late = LateRequest.objects.create(
        appointment=appointment,
        wish=LateWish.REFUND,
        text="I could not come",
        made_at=now,
        made_by="patient 1",
        due_at=now + timedelta(days=1),
    )
    page = enter("centre manager")
    page.locator("#content").get_by_role("link", name="Late requests waiting").first.click()
    page.get_by_role("link", name=appointment.reference).click()
    page.get_by_label("Answer, as the patient reads it").fill("The terms say so.")
    page.get_by_role("button", name="Decline the request").click()
    expect(page.get_by_text("Request declined. The patient is told.")).to_be_visible()

    late.refresh_from_db()
    assert (late.state, late.decision_text) == (LateState.DECLINED, "The terms say so.")
    assert late.decided_by.startswith("Asha of centre manager")


def test_day_when_an_auditor(enter: Enter, appointment: Appointment) -> None:
    """Reads everything on record about a booking, and who took lists out of the house; changes nothing."""
    refund_of(appointment)
    taker = User.objects.create_superuser(email="boss@example.org", full_name="The Boss")
    ListExport.objects.create(
        kind="payments", file_format="csv", rows=3, sha256="0" * 64, purpose="Tax", user=taker, at=timezone.now()
    )
    page = enter("auditor")
    sidebar(page, "All appointments")
    page.get_by_role("link", name=appointment.reference).click()
    expect(page.get_by_role("link", name="Cancel appointment")).to_have_count(0)
    page.get_by_role("link", name="Everything on record").click()
    expect(page.get_by_text("Refund granted: ₹1,000.00")).to_be_visible()
    page.get_by_text("Details").first.click()
    sidebar(page, "All appointments")
    page.get_by_role("link", name="Exports so far").click()
    expect(page.get_by_role("row", name=re.compile("The Boss"))).to_contain_text("Tax")

    assert ListExport.objects.count() == 1
