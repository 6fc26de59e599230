"""Booking at the desk for somebody who was never here."""

from datetime import date, timedelta
from typing import Any

import pytest

from appointments.models import Appointment, Centre, Patient, Slot, User
from tests.admin.desk import browser, doctor_account, footprint, hidden, member, messages_of
from tests.factories import SlotFactory, booked, held, moving


@pytest.fixture
def free(appointment: Appointment) -> Slot:
    """The day after the appointment, with the same doctor."""
    return moving(appointment)


def page_of(slot: Slot) -> str:
    return f"/admin/appointments/appointment/book/{slot.pk}/new/"


def typed(slot: Slot, **other: Any) -> dict[str, Any]:
    channel = slot.doctor.centre.channels.first()
    assert channel is not None
    answers = {"name": "Ravi Patil", "birth_date": "1990-05-17", "phone": "098220 11223", "email": ""}
    return {**answers, "language": "hi", "channel": channel.pk, **other}


def enter(user: User, slot: Slot, **other: Any) -> Any:
    """Look at the terms, then hold."""
    client = browser(user)
    answers = typed(slot, **other)
    shown = client.post(page_of(slot), answers)
    return client.post(page_of(slot), {**hidden(shown.content.decode()), **answers}, follow=True)


def test_terms_when_shown_before_anything(front_desk: User, free: Slot) -> None:
    before = footprint(), Patient.objects.count()

    page = browser(front_desk).post(page_of(free), typed(free))

    assert page.status_code == 200
    assert page.context["policy"][0] in page.content.decode()
    assert (footprint(), Patient.objects.count()) == before


def test_time_when_held(front_desk: User, free: Slot) -> None:
    answer = enter(front_desk, free)

    draft = Appointment.objects.get(slot=free)
    assert answer.redirect_chain == [(f"/admin/appointments/appointment/{draft.pk}/pay/", 302)]
    assert messages_of(answer) == ["The time is held. It is booked once it is paid."]
    assert (draft.chain.patient.name, draft.chain.patient.phone) == ("Ravi Patil", "+919822011223")
    assert draft.chain.patient.contact_changes.get().actor_user == front_desk


def test_somebody_when_known_here(front_desk: User, free: Slot, appointment: Appointment) -> None:
    patient = appointment.chain.patient
    Patient.objects.filter(pk=patient.pk).update(birth_date=date(1990, 5, 17), phone="+919822011223")
    before = footprint()

    unanswered = enter(front_desk, free)

    assert unanswered.context["known"] == [patient]
    assert "Select who it is" in unanswered.content.decode()
    assert footprint() == before
    assert enter(front_desk, free, who=patient.pk).status_code == 200
    assert Appointment.objects.get(slot=free).chain.patient == patient
    assert Patient.objects.count() == 1


def test_somebody_when_said_to_be_another(front_desk: User, free: Slot, appointment: Appointment) -> None:
    patient = appointment.chain.patient
    Patient.objects.filter(pk=patient.pk).update(birth_date=date(1990, 5, 17), phone="+919822011223")

    enter(front_desk, free, who="new", seen=[patient.pk])

    assert Appointment.objects.get(slot=free).chain.patient.name == "Ravi Patil"


def test_somebody_when_known_elsewhere(front_desk: User, free: Slot) -> None:
    stranger = booked().chain.patient
    Patient.objects.filter(pk=stranger.pk).update(birth_date=date(1990, 5, 17), phone="+919822011223")

    page = browser(front_desk).post(page_of(free), typed(free))

    assert page.context["known"] == []
    assert stranger.name not in page.content.decode()


def test_form_when_the_time_was_taken_meanwhile(front_desk: User, free: Slot) -> None:
    other = SlotFactory.create(doctor=free.doctor, starts_at=free.starts_at + timedelta(hours=1))
    client = browser(front_desk)
    shown = hidden(client.post(page_of(free), typed(free)).content.decode())
    held(slot=free)
    before = footprint(), Patient.objects.count()

    answer = client.post(page_of(free), {**shown, **typed(free)})

    assert (answer.status_code, answer.context["form"]["name"].value()) == (409, "Ravi Patil")
    assert [address for _words, address in answer.context["times"]] == [page_of(other)]
    assert (footprint(), Patient.objects.count()) == before
    enter(front_desk, other, **typed(free))
    assert Appointment.objects.get(slot=other).chain.patient.name == "Ravi Patil"


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "a\x00b"}, ["name"]),
        ({"birth_date": ""}, ["birth_date"]),
        ({"birth_date": "2026-11-03"}, ["birth_date"]),
        ({"birth_date": "1890-01-01"}, ["birth_date"]),
        ({"phone": "12"}, ["phone"]),
        ({"phone": ""}, ["phone"]),
        ({"email": "ravi@"}, ["email"]),
        ({"language": "xx"}, ["language"]),
        ({"channel": "0"}, ["channel"]),
    ],
)
def test_form_when_wrong(front_desk: User, free: Slot, other: dict[str, str], fields: list[str]) -> None:
    before = footprint(), Patient.objects.count()

    answer = enter(front_desk, free, **other)

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, fields)
    assert (footprint(), Patient.objects.count()) == before


@pytest.mark.parametrize(
    ("role", "status"), [("front desk", 200), ("centre manager", 200), ("cashier", 403), ("auditor", 403)]
)
def test_page_when_role(centre: Centre, free: Slot, role: str, status: int) -> None:
    assert browser(member(centre, role)).get(page_of(free)).status_code == status


def test_page_when_doctor_or_of_another_centre(front_desk: User, appointment: Appointment, free: Slot) -> None:
    assert browser(front_desk).get(page_of(SlotFactory.create())).status_code == 404
    assert browser(doctor_account(appointment)).post(page_of(free), typed(free)).status_code == 403
    assert not Patient.objects.filter(name="Ravi Patil").exists()
