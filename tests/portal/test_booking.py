"""C1, G1: booking on the clinic's own pages, from the times to the hold."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments.models import Appointment, AppointmentEvent, Channel, Slot
from appointments.portal.presenters import booking as presenter
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.hold_online import MOST_OPEN_HOLDS
from tests.factories import (
    NOW,
    STARTS_AT,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    booked,
    fresh,
    held,
    patient_of,
    publish,
)
from tests.portal.booking import draft_in, fields_of, hold, signed_in, website_slot
from tests.portal.walk import everything, heading, path, times_of, title, words

TAKEN = "That time has just been taken. Select another time"


@pytest.fixture
def slot() -> Slot:
    return website_slot()


def another(slot: Slot, hours: int, **parts: object) -> Slot:
    return SlotFactory.create(
        **{"doctor": slot.doctor, "starts_at": STARTS_AT + timedelta(hours=hours), "price": slot.price, **parts}
    )


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


@pytest.mark.parametrize("address", ["/book/", "/book/{}/", "/book/for/"])
def test_pages_when_nobody_is_signed_in(slot: Slot, address: str) -> None:
    address = address.format(slot.pk)

    assert Client().get(address)["Location"] == f"/login/?next={address}"


@pytest.mark.parametrize("number", ["99999999", "9" * 30])
def test_check_when_there_is_no_such_slot(slot: Slot, number: str) -> None:
    assert signed_in().get(f"/book/{number}/").status_code == 404


def test_check_before_holding(slot: Slot) -> None:
    before = everything()

    page = signed_in().get(f"/book/{slot.pk}/")

    said = words(page)
    assert heading(page) == "Check before this time is held for you"
    assert "Thursday 5 November 2026 at 2:30pm to 3:00pm India Time" in said
    assert "Patient Meera Nair Price ₹1,000.00" in said
    assert "For example, of ₹1,000.00 paid, ₹750.00 comes back if you cancel 12 hours before the start." in said
    assert [(point.percent, point.amount) for point in page.context["picture"]] == [
        ("100", "₹1,000.00"),
        ("75", "₹750.00"),
        ("50", "₹500.00"),
        ("0", "₹0.00"),
    ]
    assert "Hold this time and pay ₹1,000.00" in said
    assert everything() == before


def test_hold_when_pressed(slot: Slot) -> None:
    patient = PatientFactory.create()

    answer = hold(signed_in(patient), slot, visit_reason="  A cough <b>since\x01 May</b> ")

    draft = fresh(draft_in(slot))
    assert answer["Location"] == path("book_pay", draft)
    assert (draft.status, draft.chain.patient, draft.chain.channel.name) == ("draft", patient, "Website")
    assert draft.hold_expires_at == NOW + timedelta(minutes=15)
    assert draft.chain.visit_reason == "A cough <b>since\x01 May</b>"
    [event] = AppointmentEvent.objects.all()
    assert (event.kind, event.actor_user) == ("held", patient.user)


def test_hold_when_pressed_twice(slot: Slot) -> None:
    client = signed_in()
    fields = fields_of(client.get(f"/book/{slot.pk}/"))

    answers = [client.post(f"/book/{slot.pk}/", fields)["Location"] for _ in range(2)]

    assert answers == [path("book_pay", draft_in(slot))] * 2
    assert Appointment.objects.count() == 1
    assert client.get(f"/book/{slot.pk}/")["Location"] == answers[0]


def test_hold_when_nothing_is_to_pay() -> None:
    slot = website_slot(price=0)
    client = signed_in()
    assert "Book this time, nothing to pay" in words(client.get(f"/book/{slot.pk}/"))

    page = client.get(hold(client, slot)["Location"], follow=True)

    assert heading(page) == "Appointment booked"
    assert fresh(draft_in(slot)).status == "confirmed"


def test_hold_when_somebody_was_faster(slot: Slot) -> None:
    client = signed_in()
    fields = fields_of(client.get(f"/book/{slot.pk}/"))
    left = another(slot, 1)
    another(slot, 1, doctor=DoctorFactory.create(centre=slot.doctor.centre))
    held(slot=slot)
    before = everything()

    page = client.post(f"/book/{slot.pk}/", fields, follow=True)

    assert (words(page).count(TAKEN), times_of(page)) == (2, [left.pk])
    assert everything() == before
    assert TAKEN in words(client.get(f"/book/{slot.pk}/", follow=True))


@pytest.mark.parametrize("change", ["withdrawn", "past", "not yet"])
def test_hold_when_it_cannot_be_had(slot: Slot, change: str) -> None:
    client = signed_in()
    fields = fields_of(client.get(f"/book/{slot.pk}/"))
    values: dict[str, dict[str, Any]] = {
        "withdrawn": {"is_withdrawn": True},
        "past": {"starts_at": NOW, "ends_at": NOW + timedelta(minutes=30)},
        "not yet": {"bookable_from": NOW + timedelta(minutes=1)},
    }
    Slot.objects.filter(pk=slot.pk).update(**values[change])

    told = "2:30pm with Dr Asha Rao can be booked from 2:31pm" if change == "not yet" else TAKEN
    assert told in words(client.post(f"/book/{slot.pk}/", fields, follow=True))
    assert Appointment.objects.count() == 0


@pytest.mark.parametrize("change", ["price", "terms", "forged"])
def test_hold_when_what_was_shown_is_no_longer_so(slot: Slot, change: str) -> None:
    client = signed_in()
    fields = fields_of(client.get(f"/book/{slot.pk}/"))
    if change == "price":
        Slot.objects.filter(pk=slot.pk).update(price=120_000)
    elif change == "terms":
        publish(slot.doctor.centre.policy, now=NOW, cooling_off_hours=0)
    else:
        fields |= {"price": "1", "terms": "-1"}

    page = client.post(f"/book/{slot.pk}/", fields | {"visit_reason": "A cough"})

    assert "Something has changed" in words(page)
    assert 'value="A cough"' in page.content.decode()
    assert Appointment.objects.count() == 0
    assert client.post(f"/book/{slot.pk}/", fields_of(page))["Location"] == path("book_pay", draft_in(slot))


def test_hold_when_too_much_is_written(slot: Slot) -> None:
    page = hold(signed_in(), slot, visit_reason="a" * 201)

    assert title(page).startswith("Error:")
    assert words(page).count("This must be 200 characters or less") == 2
    assert "a" * 201 in page.content.decode()
    assert Appointment.objects.count() == 0


def test_hold_when_as_many_are_held_as_may_be(slot: Slot) -> None:
    client = signed_in()
    for hours in range(1, MOST_OPEN_HOLDS + 1):
        hold(client, another(slot, hours))
    before = everything()

    page = hold(client, slot)

    assert heading(page) == "You hold several times already"
    assert len(page.context["holds"]) == MOST_OPEN_HOLDS
    assert everything() == before
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        assert hold(client, slot)["Location"] == path("book_pay", draft_in(slot))
