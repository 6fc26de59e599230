"""Emergency leave at the desk."""

from typing import Any

import pytest
from django.urls import reverse

from appointments.models import Appointment, EmergencyLeave, LeaveCase, Slot, User
from appointments.usecases.cancel import cancel_appointment
from tests.admin.desk import browser, doctor_account, footprint, member
from tests.appointments.leave.rows import booking, case_of, held_for, prepared, started, time_of, worked
from tests.factories import NOW, DoctorFactory, PatientFactory, SlotFactory, booked, fresh, patient_of

ADD = "admin:appointments_emergencyleave_add"
DAYS = {"first_day": "2026-11-05", "last_day": "2026-11-05", "note": ""}


def at(name: str, key: int) -> str:
    return reverse(f"admin:appointments_{name}", args=[key])


def trace() -> list[Any]:
    """What calling, starting and answering could have changed."""
    slots = list(Slot.objects.order_by("pk").values_list("pk", "is_withdrawn"))
    return [*footprint(), EmergencyLeave.objects.count(), LeaveCase.objects.count(), slots]


def test_new_when_manager(manager: User, appointment: Appointment) -> None:
    phone_only = booking(appointment.slot.doctor, minutes=30, patient=PatientFactory.create(email="", phone="12345"))
    time_of(appointment.slot.doctor, days=1)
    client = browser(manager)

    answer = client.post(reverse(ADD), {**DAYS, "doctor": appointment.slot.doctor_id})
    page = client.get(answer.headers["Location"])

    assert [row.name for row in page.context["rows"]] == [
        appointment.chain.patient.name,
        phone_only.chain.patient.name,
    ]
    assert [row.is_phone_only for row in page.context["rows"]] == [False, True]
    assert [value for _, value in page.context["figures"]] == ["2", "₹2,000.00", "₹0.00", "1", "1", "1", "1"]
    assert not Slot.objects.filter(is_withdrawn=True).exists()
    assert not LeaveCase.objects.exists()


def test_new_when_doctor(appointment: Appointment) -> None:
    """A doctor is not asked whose leave it is, and a forged doctor is not read."""
    client = browser(doctor_account(appointment))
    other = DoctorFactory.create(centre=appointment.centre)

    client.post(reverse(ADD), {**DAYS, "doctor": other.pk})

    assert EmergencyLeave.objects.get().doctor == appointment.slot.doctor


@pytest.mark.parametrize(
    ("change", "field", "error"),
    [
        ({"last_day": "2026-11-04"}, "last_day", "The last day is before the first"),
        ({"first_day": "2025-11-05"}, "first_day", "Choose days from today on, within a year, at most 92 of them"),
        ({"first_day": ""}, "first_day", "Enter a day"),
        ({"doctor": ""}, "doctor", "Select a doctor"),
    ],
)
def test_new_when_something_is_wrong(
    manager: User, appointment: Appointment, change: dict[str, str], field: str, error: str
) -> None:
    DoctorFactory.create(centre=appointment.centre)

    page = browser(manager).post(reverse(ADD), {**DAYS, "doctor": appointment.slot.doctor_id, **change})

    assert page.context["form"].errors[field] == [error]
    assert not EmergencyLeave.objects.exists()


def test_new_when_of_another_centre(manager: User, appointment: Appointment) -> None:
    DoctorFactory.create(centre=appointment.centre)

    page = browser(manager).post(reverse(ADD), {**DAYS, "doctor": DoctorFactory.create().pk})

    assert "doctor" in page.context["form"].errors
    assert not EmergencyLeave.objects.exists()


@pytest.mark.parametrize("role", ["front desk", "cashier", "finance", "policy maker", "auditor"])
def test_new_when_not_permitted(appointment: Appointment, role: str) -> None:
    client = browser(member(appointment.centre, role))
    before = trace()

    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(reverse(ADD), {**DAYS, "doctor": appointment.slot.doctor_id}).status_code == 403
    assert trace() == before


def test_start_when_the_count_is_typed(manager: User, appointment: Appointment) -> None:
    leave = prepared(appointment.slot.doctor)
    client = browser(manager)

    answer = client.post(at("emergencyleave_start", leave.pk), {"count": "1"})
    page = client.get(answer.headers["Location"])

    assert EmergencyLeave.objects.get().started_user == manager
    assert (page.context["done"], page.context["total"], page.context["is_working"]) == (0, 1, True)
    assert page.headers["Refresh"] == "3"


@pytest.mark.parametrize(
    ("count", "error"),
    [
        ("2", "That is not the number of patients: there are 1"),
        ("", "Type the number of patients"),
        ("-1", "Ensure this value is greater than or equal to 0."),
        ("one", "Enter a whole number."),
    ],
)
def test_start_when_the_count_is_wrong(manager: User, appointment: Appointment, count: str, error: str) -> None:
    leave = prepared(appointment.slot.doctor)
    before = trace()

    page = browser(manager).post(at("emergencyleave_start", leave.pk), {"count": count})

    assert page.context["form"].errors["count"] == [error]
    assert trace() == before


def test_start_when_the_set_has_changed(manager: User, appointment: Appointment) -> None:
    leave = prepared(appointment.slot.doctor)
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    client, before = browser(manager), trace()

    page = client.post(at("emergencyleave_start", leave.pk), {"count": "1"})

    assert page.status_code == 409
    name = appointment.chain.patient.name
    assert page.context["changes"] == [f"No longer: {name} (Thursday 5 November 2026 at 2:30pm)"]
    assert trace() == before

    client.post(at("emergencyleave_start", leave.pk), {"count": "0"})

    assert EmergencyLeave.objects.get().is_started


def test_start_when_pressed_twice(manager: User, appointment: Appointment) -> None:
    leave = prepared(appointment.slot.doctor)
    client = browser(manager)
    client.post(at("emergencyleave_start", leave.pk), {"count": "1"})
    once = trace()

    assert client.post(at("emergencyleave_start", leave.pk), {"count": "1"}).status_code == 302
    assert trace() == once


@pytest.mark.parametrize("role", ["front desk", "auditor"])
def test_start_when_not_permitted(appointment: Appointment, role: str) -> None:
    leave = prepared(appointment.slot.doctor)
    before = trace()

    answer = browser(member(appointment.centre, role)).post(at("emergencyleave_start", leave.pk), {"count": "1"})

    assert answer.status_code == 403
    assert trace() == before


def test_leave_when_of_others(manager: User, appointment: Appointment) -> None:
    """Of another centre for a manager, of a colleague for a doctor: as if it were not there."""
    foreign = prepared(booked().slot.doctor)
    colleague = booked(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=appointment.centre)))
    of_colleague = prepared(colleague.slot.doctor)
    before = trace()

    for user, leave in ((manager, foreign), (doctor_account(appointment), of_colleague)):
        client = browser(user)
        assert client.get(at("emergencyleave_change", leave.pk)).status_code == 404
        assert client.post(at("emergencyleave_start", leave.pk), {"count": "1"}).status_code == 404
        assert leave not in client.get(reverse("admin:appointments_emergencyleave_changelist")).context["cl"].queryset
    assert trace() == before


def test_start_when_only_looked_at(manager: User, appointment: Appointment) -> None:
    leave = prepared(appointment.slot.doctor)
    before = trace()

    assert browser(manager).get(at("emergencyleave_start", leave.pk)).status_code == 405
    assert browser(manager).get(at("emergencyleave_change", leave.pk)).status_code == 200
    assert trace() == before


def test_board_when_answers_came(manager: User, appointment: Appointment) -> None:
    time_of(appointment.slot.doctor, days=1)
    last = booking(appointment.slot.doctor, minutes=30)
    leave = worked(appointment.slot.doctor)

    page = browser(manager).get(at("emergencyleave_change", leave.pk))

    assert [(row.name, row.state) for row in page.context["rows"]] == [
        (appointment.chain.patient.name, "Waiting for an answer"),
        (last.chain.patient.name, "No other time, money back"),
    ]
    assert (page.context["returned"], page.context["refund"]) == ("₹1,000.00", "₹2,000.00")
    assert "Refresh" not in page.headers


def test_answer_when_the_patient_takes_a_time(front_desk: User, appointment: Appointment) -> None:
    slot = time_of(appointment.slot.doctor, days=1)
    worked(appointment.slot.doctor)
    client = browser(front_desk)
    address = at("leavecase_answer", case_of(appointment).pk)

    assert [choice for choice, _ in client.get(address).context["form"].fields["choice"].choices] == [
        str(slot.pk),
        "money",
    ]
    client.post(address, {"choice": str(slot.pk)})

    assert (fresh(appointment).status, case_of(appointment).state) == ("rescheduled", "moved")
    assert appointment.events.get(kind="rescheduled").actor_user == front_desk


def test_answer_when_the_patient_wants_the_money(front_desk: User, appointment: Appointment) -> None:
    time_of(appointment.slot.doctor, days=1)
    worked(appointment.slot.doctor)

    browser(front_desk).post(at("leavecase_answer", case_of(appointment).pk), {"choice": "money"})

    assert (fresh(appointment).status, case_of(appointment).state) == ("cancelled", "declined")


def test_answer_when_the_choice_is_forged(front_desk: User, appointment: Appointment) -> None:
    other = booking(appointment.slot.doctor, minutes=30)
    for days in (1, 2):
        time_of(appointment.slot.doctor, days=days)
    worked(appointment.slot.doctor)
    client, before = browser(front_desk), trace()

    for choice in (held_for(other)[0], "", "0", "x"):
        page = client.post(at("leavecase_answer", case_of(appointment).pk), {"choice": str(choice)})
        assert "choice" in page.context["form"].errors
    assert trace() == before


@pytest.mark.parametrize("role", ["cashier", "auditor", "policy maker"])
def test_answer_when_not_permitted(appointment: Appointment, role: str) -> None:
    time_of(appointment.slot.doctor, days=1)
    worked(appointment.slot.doctor)
    client, before = browser(member(appointment.centre, role)), trace()

    assert client.post(at("leavecase_answer", case_of(appointment).pk), {"choice": "money"}).status_code == 403
    assert trace() == before


def test_answer_when_of_another_centre(front_desk: User) -> None:
    foreign = booked()
    time_of(foreign.slot.doctor, days=1)
    worked(foreign.slot.doctor)
    client, before = browser(front_desk), trace()

    assert client.post(at("leavecase_answer", case_of(foreign).pk), {"choice": "money"}).status_code == 404
    assert trace() == before


def test_answer_when_answered_already(front_desk: User, appointment: Appointment) -> None:
    started(appointment.slot.doctor)
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    client, before = browser(front_desk), trace()

    answer = client.post(at("leavecase_answer", case_of(appointment).pk), {"choice": "money"})

    assert answer.status_code == 302
    assert trace() == before
