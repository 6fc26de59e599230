"""The patient of an absent doctor chooses another time, or the money."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from appointments.models import Appointment, Slot
from refunds.models import Refund
from tests.appointments.leave.rows import ANSWER_BY, booking, case_of, colleague, held_for, time_of, worked
from tests.factories import DoctorFactory, booked, fresh
from tests.portal.walk import everything, heading, path, title, words

SignIn = Callable[[Appointment], Client]


@pytest.fixture
def appointment(db: None) -> Appointment:
    """Booked with a doctor who is away; a later time of theirs and one of a colleague are held."""
    one = booking(DoctorFactory.create())
    time_of(one.slot.doctor, days=1)
    time_of(colleague(one.slot.doctor), minutes=60, price=60_000)
    worked(one.slot.doctor)
    return fresh(one)


def slots(appointment: Appointment) -> tuple[Slot, Slot]:
    """The later time, and the colleague's."""
    later, other = (Slot.objects.get(pk=pk) for pk in held_for(appointment))
    return later, other


def test_choices_when_asked(sign_in: SignIn, appointment: Appointment) -> None:
    later, other = slots(appointment)

    page = sign_in(appointment).get(path("away", appointment))

    assert heading(page) == "Your doctor is away"
    assert page.context["form"].fields["choice"].choices == [
        (str(other.pk), f"Thursday 5 November 2026 at 3:30pm, {other.doctor}. ₹400.00 comes back"),
        (str(later.pk), f"Friday 6 November 2026 at 2:30pm, {later.doctor}. Nothing to pay"),
        ("money", "Cancel, and get everything back (₹1,000.00)"),
    ]
    assert "checked" not in page.content.decode()
    assert "We hold these times for you until Wednesday 4 November 2026 at 2:30pm" in words(page)


def test_time_when_taken(sign_in: SignIn, appointment: Appointment) -> None:
    later, _ = slots(appointment)
    client = sign_in(appointment)

    step = client.post(path("away", appointment), {"choice": later.pk})
    check = client.get(step.headers["Location"])
    done = client.get(client.post(path("away_check", appointment), {"choice": later.pk}).headers["Location"])

    assert heading(check) == "Check your new appointment"
    assert "Cannot take place Thursday 5 November 2026 at 2:30pm" in words(check)
    assert "New Friday 6 November 2026 at 2:30pm" in words(check)
    assert heading(done) == "Appointment changed"
    assert (fresh(appointment).status, case_of(appointment).state) == ("rescheduled", "moved")


def test_money_when_taken(sign_in: SignIn, appointment: Appointment) -> None:
    client = sign_in(appointment)

    check = client.get(client.post(path("away", appointment), {"choice": "money"}).headers["Location"])
    done = client.get(client.post(path("away_check", appointment), {"choice": "money"}).headers["Location"])

    assert "Cancel appointment and refund ₹1,000.00" in words(check)
    assert heading(done) == "Appointment cancelled"
    assert "Reason: Your doctor is away." in words(done)
    assert Refund.objects.get().amount == 100_000


def test_pages_when_only_opened(sign_in: SignIn, appointment: Appointment) -> None:
    client, before = sign_in(appointment), everything()

    for name in ("away", "away_check"):
        client.get(path(name, appointment) + "?choice=money")
        client.head(path(name, appointment) + "?choice=money")
    client.post(path("away", appointment), {"choice": "money"})

    assert everything() == before


def test_choice_when_missing(sign_in: SignIn, appointment: Appointment) -> None:
    client, before = sign_in(appointment), everything()

    page = client.post(path("away", appointment), {})

    assert title(page).startswith("Error:")
    assert words(page).count("Select another time or the money") == 2
    assert everything() == before


def test_choice_when_it_is_of_somebody_else(sign_in: SignIn, appointment: Appointment) -> None:
    free = time_of(appointment.slot.doctor, days=3)
    client, before = sign_in(appointment), everything()

    page = client.post(path("away_check", appointment), {"choice": free.pk})

    assert page.status_code == 409
    assert "That time can no longer be chosen. Select another one, or the money" in words(page)
    assert everything() == before


def test_choice_when_pressed_twice(sign_in: SignIn, appointment: Appointment) -> None:
    later, _ = slots(appointment)
    client = sign_in(appointment)
    first = client.post(path("away_check", appointment), {"choice": later.pk})
    once = everything()

    second = client.post(path("away_check", appointment), {"choice": later.pk})

    assert first.headers["Location"] == second.headers["Location"] == path("changed", appointment)
    assert everything() == once


def test_choice_when_the_time_to_answer_is_over(
    sign_in: SignIn, appointment: Appointment, clock: time_machine.Traveller
) -> None:
    """Before the workers end it: nothing can be chosen, and the page says what happens."""
    clock.move_to(ANSWER_BY)
    client, before = sign_in(appointment), everything()

    answer = client.post(path("away_check", appointment), {"choice": "money"})

    assert answer.headers["Location"] == path("appointment", appointment)
    assert everything() == before


@pytest.mark.parametrize("name", ["cancel", "change", "cancel_check", "change_check"])
def test_other_ways_when_the_doctor_is_away(sign_in: SignIn, appointment: Appointment, name: str) -> None:
    """They would take off a tier or ask for a fee."""
    client, before = sign_in(appointment), everything()

    for answer in (client.get(path(name, appointment)), client.post(path(name, appointment), {"token": "x"})):
        assert answer.status_code in (302, 405)
    assert client.get(path(name, appointment)).headers["Location"] in (
        path("away", appointment),
        path("cancel", appointment),
    )
    assert everything() == before


def test_overview_when_the_doctor_is_away(sign_in: SignIn, appointment: Appointment) -> None:
    client = sign_in(appointment)

    page, listed = client.get(path("appointment", appointment)), client.get("/appointments/")

    assert "Your doctor is away This appointment cannot take place." in words(page)
    assert "Cancel appointment" not in words(page)
    by = "Your doctor is away. Choose another time, or your money back, by Wednesday 4 November 2026 at 2:30pm"
    assert by in words(listed)


def test_page_when_nothing_is_asked(sign_in: SignIn) -> None:
    appointment = booked()

    answer = sign_in(appointment).get(path("away", appointment))

    assert answer.headers["Location"] == path("appointment", appointment)


def test_page_when_of_somebody_else(sign_in: SignIn, appointment: Appointment) -> None:
    client, before = sign_in(booked()), everything()

    assert client.get(path("away", appointment)).status_code == 404
    assert client.post(path("away_check", appointment), {"choice": "money"}).status_code == 404
    assert everything() == before


def test_time_when_it_has_begun(sign_in: SignIn, appointment: Appointment, clock: time_machine.Traveller) -> None:
    """A time that is over is not offered any more; the others are."""
    other = slots(appointment)[1]
    Slot.objects.filter(pk=other.pk).update(starts_at=fresh(appointment).slot.starts_at - timedelta(days=2))
    clock.move_to(ANSWER_BY - timedelta(minutes=1))

    page = sign_in(appointment).get(path("away", appointment))

    assert [key for key, _ in page.context["form"].fields["choice"].choices] == [str(slots(appointment)[0].pk), "money"]
