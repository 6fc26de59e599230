"""Booking a free time for a patient from the board."""

from datetime import date
from typing import Any

import pytest

from appointments.models import Appointment, Centre, Slot, User
from policies.models import PolicyVersion
from tests.admin.desk import browser, doctor_account, footprint, member, messages_of
from tests.admin.test_board import BOARD
from tests.factories import booked, held, moving


@pytest.fixture
def free(appointment: Appointment) -> Slot:
    """The day after the appointment, with the same doctor."""
    patient = appointment.chain.patient
    patient.name, patient.birth_date = "Meera Nair", date(1984, 3, 27)
    patient.save()
    return moving(appointment)


def page_of(slot: Slot) -> str:
    return f"/admin/appointments/appointment/book/{slot.pk}/"


def book(user: User, slot: Slot, appointment: Appointment, **other: Any) -> Any:
    answers = {
        "deed": "book",
        "text": "meera",
        "patient": appointment.chain.patient_id,
        "channel": appointment.chain.channel_id,
        **other,
    }
    return browser(user).post(page_of(slot), answers, follow=True)


def test_board_when_a_time_is_free(front_desk: User, free: Slot) -> None:
    page = browser(front_desk).get(BOARD, {"day": "2026-11-06"})

    (row,) = page.context["rows"]
    assert [(link.label, link.address) for link in row.cells[0].links] == [("Book", page_of(free))]


@pytest.mark.parametrize(("text", "count"), [("meera", 1), ("27/3/1984", 1), ("nobody", 0)])
def test_patient_when_looked_for(front_desk: User, free: Slot, text: str, count: int) -> None:
    before = footprint()

    page = browser(front_desk).post(page_of(free), {"deed": "find", "text": text})

    assert [patient.name for patient in page.context["found"]] == ["Meera Nair"] * count
    assert ("Nobody fits who was here before" in page.content.decode()) is (count == 0)
    assert footprint() == before


def test_time_when_booked(front_desk: User, free: Slot, appointment: Appointment) -> None:
    answer = book(front_desk, free, appointment)

    draft = Appointment.objects.get(slot=free)
    assert answer.redirect_chain == [(f"/admin/appointments/appointment/{draft.pk}/pay/", 302)]
    assert messages_of(answer) == ["The time is held. It is booked once it is paid."]
    assert (draft.status, draft.chain.patient) == ("draft", appointment.chain.patient)
    assert draft.events.get().actor_label == f"{front_desk.full_name}, account {front_desk.pk}"


def test_time_when_it_costs_nothing(front_desk: User, free: Slot, appointment: Appointment) -> None:
    Slot.objects.filter(pk=free.pk).update(price=0)

    assert messages_of(book(front_desk, free, appointment)) == ["The appointment is booked."]
    assert Appointment.objects.get(slot=free).status == "confirmed"


def test_time_when_taken_meanwhile(front_desk: User, free: Slot, appointment: Appointment) -> None:
    held(slot=free)
    before = footprint()

    answer = book(front_desk, free, appointment)

    assert messages_of(answer) == ["That time has just been taken. Select another time"]
    assert answer.redirect_chain[0][0].startswith(BOARD)
    assert footprint() == before


def test_time_when_no_terms_are_in_force(front_desk: User, free: Slot, appointment: Appointment) -> None:
    policy = type(appointment.centre.policy).objects.create(name="New", currency="INR")
    Centre.objects.update(policy=policy)
    assert not PolicyVersion.objects.filter(policy=policy).exists()
    before = footprint()

    answer = book(front_desk, free, appointment)

    assert messages_of(answer) == ["Nothing was booked: no terms are in force. A policy has to be published first."]
    assert footprint() == before


def test_patient_when_of_another_centre(front_desk: User, free: Slot, appointment: Appointment) -> None:
    stranger = booked()
    before = footprint()

    of_others = book(front_desk, free, appointment, patient=stranger.chain.patient_id)
    by_others = book(front_desk, free, appointment, channel=stranger.chain.channel_id)

    assert [list(page.context["form"].errors) for page in (of_others, by_others)] == [["patient"], ["channel"]]
    assert browser(front_desk).get(page_of(stranger.slot)).status_code == 404
    assert footprint() == before


@pytest.mark.parametrize(
    ("role", "allowed"), [("front desk", True), ("centre manager", True), ("cashier", False), ("auditor", False)]
)
def test_time_when_role(centre: Centre, free: Slot, appointment: Appointment, role: str, *, allowed: bool) -> None:
    user = member(centre, role)

    assert browser(user).get(page_of(free)).status_code == (200 if allowed else 403)
    assert book(user, free, appointment).status_code == (200 if allowed else 403)
    assert Appointment.objects.filter(slot=free).exists() is allowed


def test_time_when_doctor(free: Slot, appointment: Appointment) -> None:
    assert book(doctor_account(appointment), free, appointment).status_code == 403
    assert not Appointment.objects.filter(slot=free).exists()
