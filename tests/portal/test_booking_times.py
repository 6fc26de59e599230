"""C3, G1: the free times that are offered, and those that soon are."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from appointments.models import Appointment, Channel, Slot
from appointments.portal.presenters import booking as presenter
from appointments.usecases.cancel import cancel_appointment
from tests.factories import (
    NOW,
    DoctorFactory,
    PatientFactory,
    booked,
    held,
    patient_of,
)
from tests.portal.booking import another, signed_in, website_slot
from tests.portal.walk import heading, times_of, title, words


@pytest.fixture
def slot() -> Slot:
    return website_slot()


def test_times_when_signed_in(slot: Slot) -> None:
    other = DoctorFactory.create(centre=slot.doctor.centre, name="Dr Om Pal", specialty="Dermatology")
    free = another(slot, 24, doctor=other, price=0)

    page = signed_in().get("/book/")

    said = words(page)
    assert (heading(page), times_of(page)) == ("Book an appointment", [slot.pk, free.pk])
    assert "For Meera Nair" in said
    assert "Free times at Elm Clinic. All times are in India Time." in said
    assert "2:30pm Dr Asha Rao Cardiology ₹1,000.00" in said
    assert "2:30pm Dr Om Pal Dermatology Nothing to pay" in said


def test_times_when_nobody_in_particular_is_asked_for(slot: Slot) -> None:
    other = DoctorFactory.create(centre=slot.doctor.centre, name="Dr Om Pal", specialty="Cardiology")
    taken, free = another(slot, 1, doctor=other), another(slot, 30, doctor=other)
    DoctorFactory.create(centre=slot.doctor.centre, name="Dr Without Times")
    held(slot=taken)
    more = [another(slot, 2), another(slot, 31, doctor=other)]
    client = signed_in()

    page = client.get("/book/")
    assert times_of(page) == [slot.pk, free.pk]
    assert "This is the next free time of each doctor." in words(page)
    page = client.get("/book/", {"specialty": "Cardiology"})
    assert sorted(times_of(page)) == sorted([slot.pk, free.pk, *(one.pk for one in more)])
    assert "This is the next free time of each doctor." not in words(page)


def test_times_when_filtered(slot: Slot) -> None:
    other = DoctorFactory.create(centre=slot.doctor.centre, specialty="Dermatology")
    derma, late = another(slot, 1, doctor=other), another(slot, 240)
    client = signed_in()

    assert times_of(client.get("/book/", {"specialty": "Dermatology"})) == [derma.pk]
    assert times_of(client.get("/book/", {"doctor": slot.doctor.pk})) == [slot.pk, late.pk]
    assert times_of(client.get("/book/", {"from_day": "2026-11-10"})) == [late.pk]
    # A doctor of another specialty than the one asked for: the specialty is the newer wish.
    asked: dict[str, str | int] = {"doctor": slot.doctor.pk, "specialty": "Dermatology"}
    assert times_of(client.get("/book/", asked)) == [derma.pk]


def test_times_when_there_are_too_many_to_look_through(slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presenter, "MOST_UNSORTED", 1)
    other = DoctorFactory.create(centre=slot.doctor.centre, specialty="Dermatology")
    derma = another(slot, 1, doctor=other)
    client = signed_in()

    page = client.get("/book/")

    assert (times_of(page), "Choose a specialty, or a doctor above, to see them." in words(page)) == ([], True)
    [wanted] = [link for link in re.findall(r'href="(/book/[^"]+)"', page.content.decode()) if "Derma" in link]
    assert times_of(client.get(html.unescape(wanted))) == [derma.pk]


def test_times_when_there_are_many_of_one_specialty(slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presenter, "MOST_UNSORTED", 1)
    second = another(slot, 1)

    assert times_of(signed_in().get("/book/")) == [slot.pk, second.pk]


@pytest.mark.parametrize("query", ["centre=x", "doctor=99999999", "specialty=%00", "from_day=9999-99-99", "again=<b>"])
def test_times_when_the_filter_makes_no_sense(slot: Slot, query: str) -> None:
    assert times_of(signed_in().get(f"/book/?{query}")) == [slot.pk]


def test_times_when_several_clinics_book_here(slot: Slot) -> None:
    elsewhere = website_slot()
    patient = PatientFactory.create()
    client = signed_in(patient)

    assert times_of(client.get("/book/", {"centre": elsewhere.doctor.centre_id})) == [elsewhere.pk]
    booked(slot=another(elsewhere, 30), patient=patient)
    assert times_of(client.get("/book/")) == [elsewhere.pk]


def test_times_when_one_was_given_back() -> None:
    slot = website_slot(terms={"slot_release_minutes": 60})
    patient = PatientFactory.create()
    appointment = booked(slot=slot, patient=patient, channel=slot.doctor.centre.channels.get())
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    client = signed_in()
    when = "Thursday 5 November 2026 at 2:30pm with Dr Asha Rao can be booked from 3:30pm"

    page = client.get("/book/")
    assert (times_of(page), page.context["soon"]) == ([], [when])
    assert "Given back, and free again soon" in words(page)
    assert words(client.get(f"/book/{slot.pk}/", follow=True)).count(when) == 2
    assert Appointment.objects.filter(status="draft").count() == 0

    with time_machine.travel(NOW + timedelta(minutes=60), tick=False):
        page = client.get("/book/")
    assert (times_of(page), page.context["soon"]) == ([slot.pk], [])


def test_times_when_there_are_many(slot: Slot, django_assert_max_num_queries: Any) -> None:
    for hours in range(1, 40):
        another(slot, hours)
    client = signed_in()
    client.get("/book/")

    with django_assert_max_num_queries(16) as asked:
        assert len(times_of(client.get("/book/"))) == 40
    Slot.objects.exclude(pk=slot.pk).update(is_withdrawn=True)
    with django_assert_max_num_queries(len(asked)) as again:
        client.get("/book/")
    assert len(again) == len(asked)


def test_times_when_there_are_none(slot: Slot) -> None:
    Slot.objects.update(is_withdrawn=True)

    said = words(signed_in().get("/book/"))

    assert "There are no free times here" in said
    assert "Elm Clinic: +91 20 5550 0100" in said


def test_times_when_nobody_books_here(slot: Slot) -> None:
    Channel.objects.update(is_website=False)
    client = signed_in()

    assert heading(client.get("/book/")) == "This is not booked online"
    page = client.get(f"/book/{slot.pk}/")
    assert (heading(page), "Elm Clinic: +91 20 5550 0100" in words(page)) == ("This is not booked online", True)


def test_choice_when_sent(slot: Slot) -> None:
    client = signed_in()

    assert client.post("/book/", {"slot": slot.pk})["Location"] == f"/book/{slot.pk}/"


@pytest.mark.parametrize("sent", ["", "x", "99999999", "9" * 40])
def test_choice_when_it_is_none(slot: Slot, sent: str) -> None:
    client = signed_in()

    page = client.post("/book/?specialty=Cardiology", {"slot": sent}, follow=True)

    assert page.redirect_chain == [("/book/?specialty=Cardiology", 302)]
    assert title(page).startswith("Error: Book an appointment")
    assert words(page).count("Select a date and time") == 2
    assert "Select a date and time" not in words(client.get("/book/"))
