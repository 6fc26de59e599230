"""The desk puts patients on the waiting list: by the patients' own rules, for their own centres' patients."""

from typing import Any

import pytest
from django.urls import reverse

from appointments.models import Appointment, Centre, OutboxMessage, Patient, User, WaitingEntry
from tests.admin.desk import browser, doctor_account, footprint, member, messages_of
from tests.appointments.waiting.rows import DAY, House
from tests.factories import CentreFactory, booked

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(appointment: Appointment) -> House:
    """The doctor of the appointment, whose centre is booked on its own pages."""
    return House(appointment.slot.doctor)


def earlier(appointment: Appointment) -> str:
    return reverse("admin:appointments_appointment_wait", args=[appointment.pk])


def first(patient: Patient) -> str:
    return reverse("admin:appointments_patient_wait", args=[patient.pk])


def wish(**other: Any) -> dict[str, Any]:
    return {"first_day": "2026-11-02", "last_day": DAY.isoformat(), "parts": ["mornings", "afternoons"], **other}


def ask(user: User, where: str, **other: Any) -> Any:
    return browser(user).post(where, wish(**other), follow=True)


def test_earlier_time_when_asked_for(front_desk: User, appointment: Appointment, house: House) -> None:
    before = footprint()

    answer = ask(front_desk, earlier(appointment), with_whom="same")

    entry = WaitingEntry.objects.get()
    assert (entry.appointment, entry.doctor, entry.evenings) == (appointment, house.doctor, False)
    assert entry.joined_by == f"{front_desk.full_name}, account {front_desk.pk}"
    assert OutboxMessage.objects.get(kind="waiting_joined").patient == appointment.chain.patient
    assert messages_of(answer) == [f"{appointment.chain.patient.name} is on the waiting list."]
    assert answer.context["earlier"]["address"] == reverse("admin:appointments_waitingentry_change", args=[entry.pk])
    assert footprint() == before


def test_earlier_time_when_waited_for_already(front_desk: User, appointment: Appointment, house: House) -> None:
    house.waits_to_move(appointment)

    answer = ask(front_desk, earlier(appointment), with_whom="same")

    assert answer.status_code == 400
    assert list(answer.context["form"].non_field_errors()) == [
        "The patient waits for this already. End the entry first if other days are wanted"
    ]
    assert WaitingEntry.objects.count() == 1


def test_earlier_time_when_the_list_is_closed(front_desk: User, appointment: Appointment, house: House) -> None:
    Centre.objects.update(waiting_list=False)

    answer = ask(front_desk, earlier(appointment), with_whom="same")
    detail = browser(front_desk).get(reverse("admin:appointments_appointment_change", args=[appointment.pk]))

    assert list(answer.context["form"].non_field_errors()) == ["This centre has no waiting list at the moment"]
    assert detail.context["earlier"] == {}
    assert not WaitingEntry.objects.exists()


@pytest.mark.parametrize(
    ("other", "field"), [({"last_day": "2026-11-06"}, "last_day"), ({"parts": []}, "parts"), ({}, "with_whom")]
)
def test_earlier_time_when_the_wish_is_wrong(
    front_desk: User, appointment: Appointment, house: House, other: dict[str, Any], field: str
) -> None:
    whom = {} if field == "with_whom" else {"with_whom": "same"}

    answer = ask(front_desk, earlier(appointment), **whom, **other)

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert not WaitingEntry.objects.exists()


def test_booking_when_waited_for(front_desk: User, appointment: Appointment, house: House) -> None:
    patient = appointment.chain.patient

    answer = ask(front_desk, first(patient), specialty="Cardiology", doctor="")

    entry = WaitingEntry.objects.get()
    assert (entry.patient, entry.specialty, entry.appointment) == (patient, "Cardiology", None)
    assert entry.joined_by == f"{front_desk.full_name}, account {front_desk.pk}"
    assert answer.redirect_chain == [(reverse("admin:appointments_waitingentry_change", args=[entry.pk]), 302)]
    assert OutboxMessage.objects.get(kind="waiting_joined").patient == patient
    assert ask(front_desk, first(patient), specialty="Cardiology", doctor="").status_code == 400
    assert WaitingEntry.objects.count() == 1


def test_booking_when_the_patient_or_centre_is_of_others(
    front_desk: User, appointment: Appointment, house: House
) -> None:
    stranger = booked().chain.patient
    elsewhere = House()
    where = f"{first(appointment.chain.patient)}?centre={elsewhere.doctor.centre_id}"

    assert ask(front_desk, first(stranger), specialty="Cardiology", doctor="").status_code == 404
    answer = ask(front_desk, where, specialty="", doctor=elsewhere.doctor.pk)

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["doctor"])
    assert not WaitingEntry.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"), [("front desk", 200), ("centre manager", 200), ("cashier", 403), ("auditor", 403)]
)
def test_waiting_when_role(appointment: Appointment, house: House, role: str, status: int) -> None:
    user = member(appointment.centre, role)

    assert ask(user, earlier(appointment), with_whom="same").status_code == status
    assert ask(user, first(appointment.chain.patient), specialty="Cardiology", doctor="").status_code == status
    assert WaitingEntry.objects.count() == (2 if status == 200 else 0)


def test_waiting_when_doctor_or_of_another_centre(appointment: Appointment, house: House) -> None:
    doctor, other = doctor_account(appointment), member(CentreFactory.create(), "front desk")

    assert ask(doctor, earlier(appointment), with_whom="same").status_code == 403
    assert ask(doctor, first(appointment.chain.patient), specialty="Cardiology", doctor="").status_code == 403
    assert ask(other, earlier(appointment), with_whom="same").status_code == 404
    assert not WaitingEntry.objects.exists()


def test_links_when_front_desk_or_auditor(front_desk: User, appointment: Appointment, house: House) -> None:
    detail = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    record = reverse("admin:appointments_patient_change", args=[appointment.chain.patient_id])
    auditor = member(appointment.centre, "auditor")

    assert browser(front_desk).get(detail).context["earlier"] == {"ask_address": earlier(appointment)}
    assert first(appointment.chain.patient) in browser(front_desk).get(record).content.decode()
    assert browser(auditor).get(detail).context["earlier"] == {}
    assert first(appointment.chain.patient) not in browser(auditor).get(record).content.decode()
