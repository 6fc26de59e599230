"""The cancel journey, page by page."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.test import Client

from appointments.models import Appointment, AppointmentEvent, EventKind, OutboxMessage
from refunds.models import Refund
from tests.factories import NOW, STARTS_AT, ReasonCodeFactory, booked, fresh
from tests.portal.walk import confirm, everything, heading, path, walk_to_check, words

SignIn = Callable[[Appointment], Client]
THREE_QUARTERS = STARTS_AT - timedelta(hours=20)


def test_offer_when_a_quarter_is_kept(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(THREE_QUARTERS)
    appointment = booked()

    page = sign_in(appointment).get(path("cancel", appointment))

    assert heading(page) == "Check your refund before you cancel"
    said = words(page)
    assert "You paid ₹1,000.00" in said
    assert "The clinic keeps 75% back: you cancel at least 12 hours before the start" in said
    assert "₹250.00 You get back ₹750.00 Refund goes To the card or account you paid with" in said
    assert "This refund is held for you until 6:40pm" in said
    assert "If you cancel after Thursday 5 November 2026 at 2:30am, you get back less." in said
    assert "change the date or time instead" in said


def test_offer_when_paid_in_cash_and_insured(sign_in: SignIn) -> None:
    appointment = booked(method="cash", insured=70_000)

    said = words(sign_in(appointment).get(path("cancel", appointment)))

    assert "You get back ₹300.00" in said
    assert "Your insurer gets back ₹700.00" in said
    assert "Refund goes In cash at the centre’s cash desk" in said


def test_offer_when_held_over_a_boundary(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    appointment = booked()
    clock.move_to(STARTS_AT - timedelta(hours=24, minutes=5))
    client = sign_in(appointment)
    first = client.get(path("cancel", appointment)).context["refund"]

    clock.shift(timedelta(minutes=9))
    again = client.get(path("cancel", appointment)).context["refund"]

    assert (first, again) == ("₹1,000.00", "₹1,000.00")


def test_offer_when_nothing_is_paid(sign_in: SignIn) -> None:
    appointment = booked(slot=None)
    appointment.chain.held = 0
    appointment.chain.save(update_fields=["held"])

    client = sign_in(appointment)
    walk_to_check(client, appointment)
    button = words(client.get(path("cancel_check", appointment)))

    assert "Cancel appointment Keep this appointment" in button


def test_amount_when_walked_through(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(THREE_QUARTERS)
    appointment = booked()
    client = sign_in(appointment)

    rows_before = client.get(path("cancel", appointment)).context["rows"]
    token = walk_to_check(client, appointment)
    check = client.get(path("cancel_check", appointment))
    done = client.get(confirm(client, appointment, token).headers["Location"])
    tracker = client.get(done.context["refund_links"][0].url)

    assert rows_before == check.context["rows"] == done.context["rows"]
    assert "Cancel appointment and refund ₹750.00" in words(check)
    assert heading(tracker) == "Your refund of ₹750.00"


def test_cancel_when_confirmed(sign_in: SignIn) -> None:
    appointment = booked()
    ReasonCodeFactory.create(code="better", label="I feel better")
    client = sign_in(appointment)

    answer = confirm(client, appointment, walk_to_check(client, appointment, reason="better"))

    assert answer.headers["Location"] == path("cancelled", appointment)
    assert fresh(appointment).status == Appointment.Status.CANCELLED
    event = AppointmentEvent.objects.get(kind=EventKind.CANCELLED)
    assert (event.reason_code, event.actor_kind, event.actor_user) == (
        "better",
        "patient",
        appointment.chain.patient.user,
    )
    assert [refund.amount for refund in Refund.objects.all()] == [100_000]


def test_cancelled_when_done(sign_in: SignIn) -> None:
    appointment = booked()
    ReasonCodeFactory.create(code="better", label="I feel better")
    client = sign_in(appointment)
    confirm(client, appointment, walk_to_check(client, appointment, reason="better"))

    page = client.get(path("cancelled", appointment))

    said = words(page)
    assert heading(page) == "Appointment cancelled"
    assert f"Your reference {appointment.reference}" in said
    assert "You do not need to do anything else." in said
    assert "Cancelled by you on Monday 2 November 2026 at 2:30pm (India Time). Reason: I feel better." in said
    assert "Refunded by your bank By Monday 16 November 2026 at the latest" in said
    name, host = appointment.chain.patient.email.split("@")
    assert f"{name[0]}•••@{host}" in said
    assert appointment.chain.patient.email not in said


def test_cancelled_when_there_is_no_email(sign_in: SignIn) -> None:
    appointment = booked()
    appointment.chain.patient.email = ""
    appointment.chain.patient.save(update_fields=["email"])
    client = sign_in(appointment)
    confirm(client, appointment, walk_to_check(client, appointment))

    said = words(client.get(path("cancelled", appointment)))

    assert "We cannot send you a confirmation, so keep or print this page." in said


def test_cancelled_when_opened_again(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    appointment = booked()
    client = sign_in(appointment)
    confirm(client, appointment, walk_to_check(client, appointment))
    first = words(client.get(path("cancelled", appointment)))

    clock.shift(timedelta(days=1))
    client.force_login(appointment.chain.patient.user)  # type: ignore[arg-type]

    assert words(client.get(path("cancelled", appointment))) == first


def test_cancelled_when_it_is_not(sign_in: SignIn) -> None:
    appointment = booked()

    answer = sign_in(appointment).get(path("cancelled", appointment))

    assert answer.headers["Location"] == path("appointment", appointment)


def test_cancel_when_pressed_twice(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    token = walk_to_check(client, appointment)
    first = confirm(client, appointment, token)
    after_first = everything()

    second = confirm(client, appointment, token)

    assert second.headers["Location"] == first.headers["Location"] == path("cancelled", appointment)
    assert everything() == after_first
    assert OutboxMessage.objects.filter(kind="cancelled").count() == 1


def test_cancel_when_two_tabs_are_open(sign_in: SignIn) -> None:
    appointment = booked()
    client, other_tab = sign_in(appointment), Client()
    other_tab.force_login(appointment.chain.patient.user)  # type: ignore[arg-type]
    token, other_token = walk_to_check(client, appointment), walk_to_check(other_tab, appointment)
    confirm(client, appointment, token)
    after_first = everything()

    answer = confirm(other_tab, appointment, other_token)

    assert answer.headers["Location"] == path("cancelled", appointment)
    assert everything() == after_first


def test_journey_when_it_was_cancelled(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    confirm(client, appointment, walk_to_check(client, appointment))

    for name in ("cancel", "cancel_reason", "cancel_check"):
        assert client.get(path(name, appointment)).headers["Location"] == path("cancelled", appointment)


def test_journey_when_it_is_forgotten_after_ten_others(sign_in: SignIn) -> None:
    appointments = [booked() for _ in range(2)]
    client = sign_in(appointments[0])
    walk_to_check(client, appointments[0])
    session = client.session
    kept = session["cancel"][appointments[0].reference]
    session["cancel"] |= {f"other-{number}": kept for number in range(10)}
    session.save()

    client.get(path("cancel_reason", appointments[0]))
    client.post(path("cancel_reason", appointments[0]), {"code": "~"})

    assert len(client.session["cancel"]) == 10
    assert appointments[0].reference in client.session["cancel"]


def test_check_when_opened_first(sign_in: SignIn) -> None:
    appointment = booked()

    answer = sign_in(appointment).get(path("cancel_check", appointment))

    assert answer.headers["Location"] == path("cancel", appointment)


def test_check_when_posted_without_the_pages_before(sign_in: SignIn) -> None:
    appointment = booked()
    before = everything()

    answer = confirm(sign_in(appointment), appointment, "anything")

    assert answer.headers["Location"] == path("cancel", appointment)
    assert everything() == before


def test_check_when_the_reason_is_not_given(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    token = client.get(path("cancel", appointment)).context["offer"].token
    before = everything()

    answer = confirm(client, appointment, token)

    assert answer.headers["Location"] == path("cancel_reason", appointment)
    assert everything() == before


def test_clock_when_it_stands() -> None:
    assert booked().slot.starts_at - NOW == timedelta(days=3)
