"""Choosing another time."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from appointments.models import Appointment, Slot
from tests.factories import (
    NOW,
    STARTS_AT,
    DoctorFactory,
    SlotFactory,
    booked,
    held,
    moving,
)
from tests.portal.walk import booked_under, everything, heading, path, times_of, title, words

SignIn = Callable[[Appointment], Client]
TAKEN = "That time has just been taken. Select another time"


def test_times_when_offered(sign_in: SignIn) -> None:
    appointment = booked()
    same, dearer = moving(appointment), moving(appointment, starts_at=STARTS_AT + timedelta(days=2), price=140_000)

    page = sign_in(appointment).get(path("change", appointment))

    assert heading(page) == "Choose a new date and time"
    assert times_of(page) == [same.pk, dearer.pk]
    said = words(page)
    assert "Your appointment stays booked until you confirm the new one" in said
    assert "All times are in India Time." in said
    assert "Friday 6 November 2026 (1 time) Friday 6 November 2026 2:30pm ₹1,000.00 Nothing to pay" in said
    assert "2:30pm ₹1,400.00 You pay ₹400.00" in said
    assert [day.open for day in page.context["days"]] == [True, False]


def test_times_when_there_is_a_fee(sign_in: SignIn) -> None:
    appointment = booked_under(free_reschedules=0)
    moving(appointment, price=140_000)

    said = words(sign_in(appointment).get(path("change", appointment)))

    assert "₹1,400.00 Change fee ₹100.00 You pay ₹500.00" in said


def test_times_when_some_cannot_be_had(sign_in: SignIn) -> None:
    appointment = booked()
    free = moving(appointment)
    held(slot=moving(appointment, starts_at=STARTS_AT + timedelta(days=2)))
    moving(appointment, starts_at=NOW - timedelta(hours=1))
    moving(appointment, starts_at=NOW + timedelta(days=40))
    moving(appointment, starts_at=STARTS_AT + timedelta(days=3), is_withdrawn=True)
    SlotFactory.create(starts_at=STARTS_AT + timedelta(days=1))

    assert times_of(sign_in(appointment).get(path("change", appointment))) == [free.pk]


def test_times_when_filtered(sign_in: SignIn) -> None:
    appointment = booked()
    other = DoctorFactory.create(centre=appointment.centre)
    moving(appointment)
    late = moving(appointment, starts_at=STARTS_AT + timedelta(days=5))
    of_other = SlotFactory.create(doctor=other, starts_at=STARTS_AT + timedelta(days=6))
    client, address = sign_in(appointment), path("change", appointment)

    assert times_of(client.get(address, {"from_day": "2026-11-10"})) == [late.pk]
    assert times_of(client.get(address, {"from_day": "2026-11-10", "doctor": ""})) == [late.pk, of_other.pk]
    assert times_of(client.get(address, {"doctor": other.pk})) == [of_other.pk]


@pytest.mark.parametrize("query", ["from_day=nonsense", "from_day=9999-99-99", "doctor=999999", "doctor=x", "page=1e9"])
def test_times_when_the_filter_makes_no_sense(sign_in: SignIn, query: str) -> None:
    appointment = booked()
    slot = moving(appointment)

    assert times_of(sign_in(appointment).get(f"{path('change', appointment)}?{query}")) == [slot.pk]


def test_times_when_the_doctor_must_stay(sign_in: SignIn) -> None:
    appointment = booked_under(same_doctor_required=True)
    slot = moving(appointment)
    other = DoctorFactory.create(centre=appointment.centre)
    SlotFactory.create(doctor=other)
    client = sign_in(appointment)

    page = client.get(path("change", appointment), {"doctor": other.pk})

    assert times_of(page) == [slot.pk]
    assert 'name="doctor"' not in page.content.decode()


def test_times_when_there_are_very_many(sign_in: SignIn) -> None:
    appointment = booked()
    doctor = appointment.slot.doctor
    starts = [NOW + timedelta(minutes=15 * number) for number in range(1, 400) if number != 288]
    Slot.objects.bulk_create(
        Slot(doctor=doctor, starts_at=start, ends_at=start + timedelta(minutes=15), price=100_000) for start in starts
    )

    client = sign_in(appointment)
    page = client.get(path("change", appointment))
    later = client.get(path("change", appointment), {"from_day": page.context["more_from"].isoformat()})

    assert len(times_of(page)) <= 120
    assert not set(times_of(page)) & set(times_of(later))
    assert min(Slot.objects.get(pk=pk).starts_at for pk in times_of(later)) - max(
        Slot.objects.get(pk=pk).starts_at for pk in times_of(page)
    ) == timedelta(minutes=15)


@pytest.mark.parametrize("slots", [1, 3])
def test_times_when_counted_in_queries(
    sign_in: SignIn, django_assert_max_num_queries: Callable[[int], object], slots: int
) -> None:
    appointment = booked()
    for number in range(slots):
        moving(appointment, starts_at=STARTS_AT + timedelta(hours=1 + number))
    client = sign_in(appointment)
    client.get(path("change", appointment))

    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]  # session, account, carers, and six of the page
        client.get(path("change", appointment))


def test_times_when_there_are_none(sign_in: SignIn) -> None:
    appointment = booked()

    page = sign_in(appointment).get(path("change", appointment))

    assert "There are no free times here" in words(page)


def test_choice_when_missing(sign_in: SignIn) -> None:
    appointment = booked()
    moving(appointment)
    client = sign_in(appointment)

    client.post(path("change", appointment))
    page = client.get(path("change", appointment))

    assert title(page) == "Error: Choose a new date and time – Fairslot"
    assert words(page).count("Select a new date and time") == 2
    assert re.search(r'href="#id_slot_0"', page.content.decode())
    assert title(client.get(path("change", appointment))) == "Choose a new date and time – Fairslot"


def test_choice_when_forged(sign_in: SignIn) -> None:
    appointment = booked()
    moving(appointment)
    elsewhere = SlotFactory.create()
    taken = held(slot=moving(appointment, starts_at=STARTS_AT + timedelta(days=2))).slot
    past = moving(appointment, starts_at=NOW - timedelta(hours=1))
    client = sign_in(appointment)
    before = everything()

    for slot, message in [
        (elsewhere.pk, TAKEN),
        (taken.pk, TAKEN),
        (past.pk, "That time has passed. Select another time"),
        (appointment.slot_id, "That is the time you already have. Select another time"),
        (10**30, TAKEN),
        ("-1", TAKEN),
        ("٣", TAKEN),
    ]:
        page = client.post(path("change", appointment), {"slot": slot}, follow=True)
        assert (title(page), words(page).count(message)) == ("Error: Choose a new date and time – Fairslot", 2), slot
    assert everything() == before
