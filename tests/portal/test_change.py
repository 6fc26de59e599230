"""Choosing another time, checking it, and moving."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from appointments.models import Appointment, AppointmentEvent, Chain, Slot
from tests.factories import (
    NOW,
    STARTS_AT,
    CentreFactory,
    DoctorFactory,
    ReasonCodeFactory,
    SlotFactory,
    booked,
    fresh,
    held,
    moving,
    published_policy,
)
from tests.portal.walk import choose, confirm_move, everything, heading, path, title, words

SignIn = Callable[[Appointment], Client]
TAKEN = "That time has just been taken. Select another time"


def booked_under(**terms: object) -> Appointment:
    """An appointment under a policy with these terms."""
    centre = CentreFactory.create(policy=published_policy(**terms))  # type: ignore[arg-type]
    return booked(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=centre)))


def values(page: object) -> list[int]:
    """The slots that can be chosen."""
    return [slot.value for day in page.context["days"] for slot in day.slots]  # type: ignore[attr-defined]


def test_times_when_offered(sign_in: SignIn) -> None:
    appointment = booked()
    same, dearer = moving(appointment), moving(appointment, starts_at=STARTS_AT + timedelta(days=2), price=140_000)

    page = sign_in(appointment).get(path("change", appointment))

    assert heading(page) == "Choose a new date and time"
    assert values(page) == [same.pk, dearer.pk]
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

    assert values(sign_in(appointment).get(path("change", appointment))) == [free.pk]


def test_times_when_filtered(sign_in: SignIn) -> None:
    appointment = booked()
    other = DoctorFactory.create(centre=appointment.centre)
    moving(appointment)
    late = moving(appointment, starts_at=STARTS_AT + timedelta(days=5))
    of_other = SlotFactory.create(doctor=other, starts_at=STARTS_AT + timedelta(days=6))
    client, address = sign_in(appointment), path("change", appointment)

    assert values(client.get(address, {"from_day": "2026-11-10"})) == [late.pk]
    assert values(client.get(address, {"from_day": "2026-11-10", "doctor": ""})) == [late.pk, of_other.pk]
    assert values(client.get(address, {"doctor": other.pk})) == [of_other.pk]


@pytest.mark.parametrize("query", ["from_day=nonsense", "from_day=9999-99-99", "doctor=999999", "doctor=x", "page=1e9"])
def test_times_when_the_filter_makes_no_sense(sign_in: SignIn, query: str) -> None:
    appointment = booked()
    slot = moving(appointment)

    assert values(sign_in(appointment).get(f"{path('change', appointment)}?{query}")) == [slot.pk]


def test_times_when_the_doctor_must_stay(sign_in: SignIn) -> None:
    appointment = booked_under(same_doctor_required=True)
    slot = moving(appointment)
    other = DoctorFactory.create(centre=appointment.centre)
    SlotFactory.create(doctor=other)
    client = sign_in(appointment)

    page = client.get(path("change", appointment), {"doctor": other.pk})

    assert values(page) == [slot.pk]
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

    assert len(values(page)) <= 120
    assert not set(values(page)) & set(values(later))
    assert min(Slot.objects.get(pk=pk).starts_at for pk in values(later)) - max(
        Slot.objects.get(pk=pk).starts_at for pk in values(page)
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

    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]  # session, account, and six of the page
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
    assert values(fresh_times) == [other.pk]
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
