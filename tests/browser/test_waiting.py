"""The waiting list in a real browser: what one gives back is another's, by the link of the mail; each page in every look."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Appointment, Channel, Doctor, OutboxMessage, Patient, Slot, WaitingEntry
from appointments.tasks import work_waiting_list
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.wait import Waiting, join_list
from tests import factories as make
from tests.appointments.waiting.rows import actor_of
from tests.browser.conftest import Look
from tests.browser.patients import appointment_of, come_with_session, expect_heading, follow, press
from tests.factories import fresh, moving
from tests.portal.mail_box import deliver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    """Meera's, in three days, at a clinic with a waiting list; nobody sleeps."""
    one = appointment_of()
    Channel.objects.update(is_website=True)
    return one


def wide_awake() -> None:
    """Whatever the clock says where the tests run, it is no patient's quiet hour."""
    Patient.objects.update(quiet_from="03:00", quiet_until="03:00")


def waits(doctor: Doctor, name: str) -> WaitingEntry:
    """Somebody who waits for a first booking with the doctor."""
    patient = make.PatientFactory.create(name=name)
    now = timezone.now()
    today = now.astimezone(doctor.centre.zone).date()
    wish = Waiting(doctor_id=doctor.pk, first_day=today, last_day=today + timedelta(days=10))
    return join_list(patient_id=patient.pk, centre=doctor.centre, wish=wish, actor=actor_of(patient), now=now)


def given_back(slot: Slot) -> None:
    """Its patient cancels, and the worker asks the list."""
    booked = Appointment.objects.get(slot=slot, status="confirmed")
    cancel_appointment(appointment_id=booked.pk, actor=make.patient_of(booked), now=timezone.now())
    wide_awake()
    work_waiting_list()


def come_by_offer(page: Page, patient_id: int) -> None:
    """Open the link of the newest offer and pass the second step."""
    deliver(now=timezone.now())
    offered = OutboxMessage.objects.filter(kind="slot_offered", patient=patient_id).latest("pk")
    body = next(str(sent.body) for sent in reversed(mail.outbox) if sent.subject == offered.subject)
    link = re.search(r"(/m/\S+/offer/\S+/)", body)
    assert link
    page.goto(link[1])
    press(page, "Send me a security code")
    expect_heading(page, "Check your email")
    deliver(now=timezone.now())
    code = re.search(r"security code is (\d{6})\.", str(mail.outbox[-1].body))
    assert code
    page.get_by_label("Security code").fill(code[1])
    press(page, "Continue")


def test_time_given_back_when_somebody_waits_is_theirs_by_the_link_of_the_mail(
    page: Page, appointment: Appointment, look: Look
) -> None:
    entry = waits(appointment.slot.doctor, "Ravi Kumar")
    given_back(appointment.slot)

    come_by_offer(page, entry.patient_id)
    expect_heading(page, "A time is kept for you")
    assert look(page, name="waiting-offer") == []
    press(page, "Yes, take it and pay ₹1,000.00")
    expect_heading(page, "Pay for your appointment")
    press(page, "Pay ₹1,000.00")
    press(page, "Pay")
    expect_heading(page, "Appointment booked")

    newest = Appointment.objects.get(slot=appointment.slot, status="confirmed")
    assert newest.chain.patient_id == entry.patient_id


def test_moving_up_when_taken_frees_the_old_time_for_the_next(page: Page, appointment: Appointment, look: Look) -> None:
    doctor = appointment.slot.doctor
    later = make.booked(slot=moving(appointment), channel=Channel.objects.get())
    come_with_session(page, later.chain.patient.user)
    page.goto(f"/appointments/{later.reference}/")
    follow(page, "Tell me if something earlier becomes free")
    expect_heading(page, "Wait for an earlier time")
    assert look(page, name="waiting-earlier") == []
    press(page, "Join the waiting list")
    expect(page.get_by_text("You are first in line for this.").first).to_be_visible()
    third = waits(doctor, "Lena Wolf")
    given_back(appointment.slot)

    page.goto(f"/appointments/{later.reference}/")
    follow(page, "See it, and say yes or no")
    expect_heading(page, "An earlier time is kept for you")
    assert look(page, name="waiting-offer-move") == []
    press(page, "Yes, move my appointment, nothing to pay")
    expect_heading(page, "Appointment changed")

    assert fresh(later).status == "rescheduled"
    work_waiting_list()
    assert third.offers.get().slot_id == later.slot_id


def test_joining_when_nothing_fits(page: Page, appointment: Appointment, look: Look) -> None:
    come_with_session(page, appointment.chain.patient.user)
    page.goto("/book/")
    follow(page, "Join the waiting list")
    expect_heading(page, "Join the waiting list")
    assert look(page, name="waiting-join") == []
    page.get_by_label("Specialty").select_option("")
    press(page, "Join the waiting list")
    expect(page).to_have_title(re.compile("^Error:"))
    page.get_by_label("Doctor").select_option(str(appointment.slot.doctor_id))
    press(page, "Join the waiting list")
    expect_heading(page, "Your waiting list")
    assert look(page, name="waiting-list") == []
    press(page, "Leave this waiting list")
    expect(page.get_by_text("You are on no waiting list")).to_be_visible()
