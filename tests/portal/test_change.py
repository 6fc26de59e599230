"""Checking another time, and moving."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.test import Client

from appointments.models import Appointment, AppointmentEvent, Chain, Slot
from tests.factories import (
    STARTS_AT,
    ReasonCodeFactory,
    SlotFactory,
    booked,
    fresh,
    held,
    moving,
)
from tests.portal.walk import booked_under, choose, confirm_move, everything, heading, path, times_of, words

SignIn = Callable[[Appointment], Client]
TAKEN = "That time has just been taken. Select another time"


def test_check_when_nothing_is_chosen(sign_in: SignIn) -> None:
    appointment = booked()

    answer = sign_in(appointment).get(path("change_check", appointment))

    assert answer.headers["Location"] == path("change", appointment)


def test_check_when_it_is_free(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)

    page = choose(client, appointment, moving(appointment))

    said = words(page)
    assert heading(page) == "Check your new appointment"
    assert "Now Thursday 5 November 2026 at 2:30pm" in said
    assert "New Friday 6 November 2026 at 2:30pm" in said
    assert "Changes used 1 of 2" in said
    assert "Change appointment, nothing to pay" in said


def test_move_when_it_is_free(sign_in: SignIn) -> None:
    appointment = booked()
    slot = moving(appointment)
    client = sign_in(appointment)

    answer = confirm_move(client, appointment, choose(client, appointment, slot))
    page = client.get(answer.headers["Location"])

    new = Appointment.objects.get(replaces=appointment)
    assert (fresh(appointment).status, new.status, new.slot) == ("rescheduled", "confirmed", slot)
    assert heading(page) == "Appointment changed"
    assert f"Your new reference {new.reference}" in words(page)
    assert f"Your old appointment on Thursday 5 November 2026 at 2:30pm with {appointment.slot.doctor.name}" in words(
        page
    )
    assert f"reference {appointment.reference}, is gone." in words(page)


def test_move_when_it_is_cheaper(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    page = choose(client, appointment, moving(appointment, price=60_000))

    assert "Change appointment and get ₹400.00 as credit" in words(page)
    done = client.get(confirm_move(client, appointment, page).headers["Location"])
    assert "Track your refund of ₹400.00 Refunded" in words(done)


def test_move_when_the_difference_comes_back(sign_in: SignIn) -> None:
    appointment = booked_under(price_difference="credit_difference")
    client = sign_in(appointment)

    page = choose(client, appointment, moving(appointment, price=60_000))

    assert "Change appointment and refund ₹400.00" in words(page)


def test_move_when_pressed_twice(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    page = choose(client, appointment, moving(appointment))
    first = confirm_move(client, appointment, page)
    after_first = everything()

    second = confirm_move(client, appointment, page)

    assert first.headers["Location"] == second.headers["Location"] == path("changed", appointment)
    assert everything() == after_first


def test_move_when_the_slot_was_taken_meanwhile(sign_in: SignIn) -> None:
    appointment = booked()
    slot, other = moving(appointment), moving(appointment, starts_at=STARTS_AT + timedelta(days=2))
    client = sign_in(appointment)
    page = choose(client, appointment, slot)
    held(slot=slot)
    before = everything()

    fresh_times = client.get(confirm_move(client, appointment, page).headers["Location"])

    assert words(fresh_times).count(TAKEN) == 2
    assert times_of(fresh_times) == [other.pk]
    assert everything() == before


def test_move_when_the_slot_is_of_another_centre(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    page = choose(client, appointment, moving(appointment))
    before = everything()

    answer = confirm_move(client, appointment, page, slot=SlotFactory.create().pk)

    assert answer.headers["Location"] == path("change", appointment)
    assert everything() == before


def test_move_when_the_token_is_of_another_slot(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    page = choose(client, appointment, moving(appointment))
    dearer = moving(appointment, starts_at=STARTS_AT + timedelta(days=2), price=900_000)
    before = everything()

    answer = confirm_move(client, appointment, page, slot=dearer.pk)

    assert "Continue and pay ₹8,000.00" in words(client.get(answer.headers["Location"]))
    assert everything() == before


def test_move_when_the_price_has_changed(sign_in: SignIn) -> None:
    appointment = booked()
    slot = moving(appointment)
    client = sign_in(appointment)
    page = choose(client, appointment, slot)
    Slot.objects.filter(pk=slot.pk).update(price=120_000)
    before = everything()

    said = words(client.get(confirm_move(client, appointment, page).headers["Location"]))

    assert "What you pay has changed Before: Nothing to pay. Now: ₹200.00 to pay." in said
    assert everything() == before


def test_reason_when_the_terms_want_one(sign_in: SignIn) -> None:
    appointment = booked_under(reason_from_patient=True)
    ReasonCodeFactory.create(code="work", label="I have to work")
    client = sign_in(appointment)

    asked = choose(client, appointment, moving(appointment))
    assert asked.headers["Location"] == path("change_reason", appointment)
    assert heading(client.get(path("change_reason", appointment))) == "Why are you changing this appointment?"
    client.post(path("change_reason", appointment), {"code": "work"})
    page = client.get(path("change_check", appointment))
    confirm_move(client, appointment, page)

    assert "Reason I have to work" in words(page)
    assert AppointmentEvent.objects.get(kind="rescheduled").reason_code == "work"


def test_reason_when_the_terms_want_one_and_it_is_passed_over(sign_in: SignIn) -> None:
    appointment = booked_under(reason_from_patient=True)
    ReasonCodeFactory.create(code="work")
    client = sign_in(appointment)
    choose(client, appointment, moving(appointment))
    client.post(path("change_reason", appointment), {"code": "work"})
    page = client.get(path("change_check", appointment))
    client.post(path("change_reason", appointment), {})
    before = everything()

    answer = confirm_move(client, appointment, page)

    assert answer.headers["Location"] == path("change_reason", appointment)
    assert everything() == before


def test_reason_when_nobody_asks(sign_in: SignIn) -> None:
    appointment = booked()

    answer = sign_in(appointment).get(path("change_reason", appointment))

    assert answer.headers["Location"] == path("change", appointment)


def test_refusal_when_moved_as_often_as_allowed(sign_in: SignIn) -> None:
    appointment = booked()
    moving(appointment)
    Chain.objects.filter(pk=appointment.chain_id).update(reschedules=2)

    page = sign_in(appointment).get(path("change", appointment))

    assert heading(page) == "You cannot change this appointment online now"
    assert "moved as often as the clinic allows (2)" in words(page)
    assert "Check your refund if you cancel" in words(page)


def test_refusal_when_it_is_too_late(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    appointment = booked()
    slot = moving(appointment)
    clock.move_to(STARTS_AT - timedelta(hours=1))
    client = sign_in(appointment)
    before = everything()

    page = client.post(path("change", appointment), {"slot": slot.pk})

    assert "This could be done online until Thursday 5 November 2026 at 12:30pm." in words(page)
    assert everything() == before


def test_changed_when_it_is_not(sign_in: SignIn) -> None:
    appointment = booked()

    answer = sign_in(appointment).get(path("changed", appointment))

    assert answer.headers["Location"] == path("appointment", appointment)


def test_journey_when_it_was_moved(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    confirm_move(client, appointment, choose(client, appointment, moving(appointment)))

    for name in ("change", "change_check"):
        assert client.get(path(name, appointment)).headers["Location"] == path("changed", appointment)
    assert client.get(path("cancel", appointment)).headers["Location"] == path("appointment", appointment)
    new = Appointment.objects.get(replaces=appointment)
    assert f"reference {new.reference}" in words(client.get(path("appointment", appointment)))
