"""C1, G1: booking on the clinic's own pages, from one time to the hold."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments.models import Appointment, AppointmentEvent, Slot
from appointments.usecases.hold_online import MOST_OPEN_HOLDS
from tests.factories import (
    NOW,
    DoctorFactory,
    PatientFactory,
    fresh,
    held,
    publish,
)
from tests.portal.booking import another, draft_in, fields_of, hold, signed_in, website_slot
from tests.portal.walk import everything, heading, path, times_of, title, words

TAKEN = "That time has just been taken. Select another time"


@pytest.fixture
def slot() -> Slot:
    return website_slot()


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
