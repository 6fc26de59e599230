"""The pages of certificates and of requests for an exception, in each look."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from appointments.certificates.queries import certificate_of
from appointments.models import Appointment, LateRequest, LateRule
from appointments.usecases.cancel import cancel_appointment
from tests.appointments.late.files import PDF
from tests.browser.conftest import Look
from tests.browser.patients import appointment_of, sign_in
from tests.factories import patient_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_when_a_certificate_is_checked(page: Page, look: Look, live_server: object) -> None:
    appointment = appointment_of()
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=timezone.now())
    certificate = certificate_of(appointment)
    assert certificate is not None

    wrong = look(page, "/verify/")
    page.get_by_label("Certificate number").fill("K7QP")
    page.get_by_role("button", name="Check the certificate").click()
    wrong += look(page)
    page.get_by_label("Certificate number").fill(certificate.number.lower())
    page.get_by_role("button", name="Check the certificate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This certificate is genuine")

    assert wrong + look(page) == []


def test_pages_when_asking_for_an_exception(page: Page, look: Look, live_server: object) -> None:
    appointment = appointment_of(window_hours=96)
    LateRule.objects.create(label="I was in hospital", percent=100, needs_document=True)
    sign_in(page, appointment)

    wrong = look(page, f"/appointments/{appointment.reference}/cancel/")
    page.get_by_role("link", name="Send a request online").click()
    wrong += look(page)
    page.get_by_label("I was in hospital").check()
    page.get_by_role("button", name="Send the request").click()
    wrong += look(page)
    page.get_by_label("Cancel and get the money back").check()
    page.get_by_label("Say it in your own words").fill("A week in hospital")
    page.get_by_label("Document").set_input_files(FilePayload(name="a.pdf", mimeType="application/pdf", buffer=PDF))
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("The clinic decides")).to_be_visible()

    assert wrong + look(page) == []
    assert LateRequest.objects.get().due_at - timezone.now() > timedelta(hours=23)
    assert Appointment.objects.get().status == Appointment.Status.CONFIRMED
