"""The page of a patient's ID number: each deed by its own right, each written down."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.urls import reverse
from pytest_django import Settings

from appointments.models import Appointment, Centre, IdNumberNote, Patient, User
from appointments.usecases.id_number import enter_id_number
from tests.admin.desk import browser, doctor_account, member, messages_of
from tests.factories import NOW, system

NUMBER = "XK204881930177"


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.BANK_DETAILS_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def patient(appointment: Appointment) -> Patient:
    return enter_id_number(patient_id=appointment.chain.patient_id, number=NUMBER, actor=system(), now=NOW)


def page_of(patient: Patient) -> str:
    return reverse("admin:appointments_patient_id_number", args=[patient.pk])


def rows() -> list[object]:
    """All that a deed could have changed."""
    return [*Patient.objects.order_by("pk").values(), *IdNumberNote.objects.order_by("pk").values()]


def send(user: User, patient: Patient, deed: str, **answers: Any) -> Any:
    return browser(user).post(page_of(patient), {"deed": deed, **answers}, follow=True)


def test_number_when_entered(front_desk: User, appointment: Appointment) -> None:
    patient = appointment.chain.patient

    answer = send(front_desk, patient, "enter", number="XK-2048 8193 0177")

    text = answer.content.decode()
    assert messages_of(answer) == ["The ID number is kept, encrypted."]
    assert ("•••• 0177" in text, NUMBER in text, "8193" in text) == (True, False, False)
    assert f"Person {front_desk.full_name.split()[1]}, account {front_desk.pk}" in text
    change = browser(front_desk).get(reverse("admin:appointments_patient_change", args=[patient.pk]))
    assert "•••• 0177" in change.content.decode()


@pytest.mark.parametrize(
    ("number", "words"),
    [("", "Enter the ID number"), ("A-1 2", "letters and figures or more"), ("x" * 41, "at most 40")],
)
def test_number_when_not_one(front_desk: User, patient: Patient, number: str, words: str) -> None:
    before = rows()

    answer = send(front_desk, patient, "enter", number=number)

    assert (answer.status_code, words in answer.content.decode()) == (400, True)
    assert rows() == before


def test_number_when_opened(manager: User, patient: Patient) -> None:
    answer = send(manager, patient, "open", purpose="The insurer asks for it")

    assert NUMBER in answer.content.decode()
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert IdNumberNote.objects.filter(kind="opened").values_list("actor_user", "purpose").get() == (
        manager.pk,
        "The insurer asks for it",
    )


def test_number_when_opened_without_a_purpose(manager: User, patient: Patient) -> None:
    answer = send(manager, patient, "open", purpose=" ")

    text = answer.content.decode()
    assert ("Enter what you open the ID number for" in text, NUMBER in text) == (True, False)
    assert IdNumberNote.objects.filter(kind="opened").count() == 0


@pytest.mark.parametrize(
    ("role", "deed", "allowed"),
    [
        ("front desk", "enter", True),
        ("front desk", "destroy", True),
        ("front desk", "open", False),
        ("centre manager", "open", True),
        ("auditor", "enter", False),
        ("auditor", "destroy", False),
        ("auditor", "open", False),
    ],
)
def test_deed_when_role(centre: Centre, patient: Patient, role: str, deed: str, allowed: bool) -> None:  # noqa: FBT001
    before = rows()

    answer = send(member(centre, role), patient, deed, number="AB12 3456", purpose="to compare", sure="1")

    assert answer.status_code == (200 if allowed else 403)
    assert (rows() != before) is allowed
    assert IdNumberNote.objects.count() == 1 + allowed
    assert (NUMBER in answer.content.decode()) is (allowed and deed == "open")


def test_page_when_of_another_centre(patient: Patient) -> None:
    stranger, before = member(None, "centre manager"), rows()

    assert browser(stranger).get(page_of(patient)).status_code == 404
    assert send(stranger, patient, "open", purpose="curious").status_code == 404
    assert rows() == before


def test_page_when_doctor(appointment: Appointment, patient: Patient) -> None:
    assert browser(doctor_account(appointment)).get(page_of(patient)).status_code == 403


def test_number_when_destroyed(front_desk: User, patient: Patient) -> None:
    before = rows()
    assert messages_of(send(front_desk, patient, "destroy")) == ["Nothing was changed. Tick the box first."]
    assert rows() == before

    assert "no longer kept" in send(front_desk, patient, "destroy", sure="1").content.decode()
    assert "Destroy the ID number" not in browser(front_desk).get(page_of(patient)).content.decode()
