"""Who may see everything on record, and about whose."""

import pytest
from django.urls import reverse

from appointments.models import Appointment, Centre, User
from appointments.usecases.cancel import cancel_appointment
from refunds.models import Refund
from tests.admin.desk import browser, doctor_account, member
from tests.factories import NOW, booked, patient_of


def page_of(kind: str, key: object) -> str:
    return reverse("admin:appointments_timeline", args=[kind, str(key)])


def pages_of(appointment: Appointment) -> dict[str, str]:
    """The pages about an appointment that was cancelled, and what hangs on it."""
    refund = Refund.objects.get(payment__source=appointment.chain.source)
    return {
        "appointment": page_of("appointment", appointment.pk),
        "patient": page_of("patient", appointment.chain.patient_id),
        "refund": page_of("refund", refund.pk),
        "version": page_of("version", appointment.chain.terms_id),
    }


@pytest.fixture
def cancelled(appointment: Appointment) -> Appointment:
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    return appointment


def test_page_when_opened(cancelled: Appointment, manager: User) -> None:
    page = browser(manager).get(page_of("appointment", cancelled.pk))

    days = page.context["days"]
    assert [day for day, _lines in days] == ["Monday 2 November 2026", "Friday 23 October 2026"]
    assert days[0][1][0].moment == "2026-11-02T14:30:00+05:30"
    assert days[1][1][-1].entry.what == "Payment page opened: ₹1,000.00"
    assert page.context["count"] == sum(len(lines) for _day, lines in days)


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        ("auditor", {"appointment", "patient", "refund", "version"}),
        ("centre manager", {"appointment", "patient", "refund", "version"}),
        ("policy maker", {"version"}),
        ("finance", set()),
        ("front desk", set()),
    ],
)
def test_pages_when_of_a_role(role: str, kinds: set[str], cancelled: Appointment, centre: Centre) -> None:
    client = browser(member(centre, role))

    statuses = {kind: client.get(address).status_code for kind, address in pages_of(cancelled).items()}

    assert statuses == {kind: 200 if kind in kinds else 403 for kind in statuses}


def test_pages_when_of_another_centre(cancelled: Appointment, manager: User) -> None:
    elsewhere = booked()
    cancel_appointment(appointment_id=elsewhere.pk, actor=patient_of(elsewhere), now=NOW)
    client = browser(manager)

    statuses = {kind: client.get(address).status_code for kind, address in pages_of(elsewhere).items()}

    assert statuses == {"appointment": 404, "patient": 404, "refund": 404, "version": 200}


def test_patient_when_also_booked_at_another_centre(cancelled: Appointment, manager: User) -> None:
    elsewhere = booked(patient=cancelled.chain.patient)

    page = browser(manager).get(page_of("patient", cancelled.chain.patient_id)).content.decode()

    assert cancelled.reference in page
    assert elsewhere.reference not in page


@pytest.mark.parametrize("kind", ["appointment", "patient", "refund", "version"])
def test_page_when_nothing_is_there(kind: str, appointment: Appointment, manager: User) -> None:
    assert browser(manager).get(page_of(kind, "0")).status_code == 404
    assert browser(manager).get(page_of("session", "1")).status_code == 404
    assert browser(manager).post(page_of(kind, "0")).status_code == 405


@pytest.mark.parametrize(("role", "links"), [("centre manager", 2), ("front desk", 0)])
def test_link_when_the_right_is_there(role: str, links: int, cancelled: Appointment, centre: Centre) -> None:
    client = browser(member(centre, role))
    wanted = page_of("appointment", cancelled.pk), page_of("patient", cancelled.chain.patient_id)
    shown = (
        client.get(reverse("admin:appointments_appointment_change", args=[cancelled.pk])).content.decode(),
        client.get(reverse("admin:appointments_patient_change", args=[cancelled.chain.patient_id])).content.decode(),
    )

    assert sum(address in page for address, page in zip(wanted, shown, strict=True)) == links


def test_page_when_a_doctor_asks(cancelled: Appointment) -> None:
    assert browser(doctor_account(cancelled)).get(page_of("appointment", cancelled.pk)).status_code == 403
