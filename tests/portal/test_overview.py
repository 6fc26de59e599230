"""The list, and one appointment in every state."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from appointments.models import Appointment
from appointments.usecases.attend import check_in, complete_appointment, mark_no_show
from tests.factories import (
    NOW,
    STARTS_AT,
    ChannelFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    booked,
    held,
    pending_approval,
    system,
)
from tests.portal.walk import confirm, heading, path, walk_to_check, words

SignIn = Callable[[Appointment], Client]


def test_list_when_there_is_nothing(client: Client) -> None:
    client.force_login(PatientFactory.create().user)  # type: ignore[arg-type]

    assert "You have no appointments" in words(client.get("/appointments/"))


def test_list_when_there_is_something(sign_in: SignIn) -> None:
    appointment = booked()

    page = sign_in(appointment).get("/appointments/")

    said = words(page)
    assert heading(page) == "Your appointments"
    assert f"Appointment with {appointment.slot.doctor.name} Booked" in said
    assert "Thursday 5 November 2026 at 2:30pm (India Time)" in said
    assert "Cancel by Wednesday 4 November 2026 at 2:30pm and you get everything back (₹1,000.00)" in said
    assert f"Call {appointment.centre.name}: {appointment.centre.phone}" in said


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(hours=20), "Cancel by Thursday 5 November 2026 at 2:30am and you get back ₹750.00"),
        (timedelta(hours=1), "Cancelling now gives nothing back"),
    ],
)
def test_list_when_less_comes_back(sign_in: SignIn, clock: time_machine.Traveller, left: timedelta, said: str) -> None:
    clock.move_to(STARTS_AT - left)

    assert said in words(sign_in(booked()).get("/appointments/"))


def test_list_when_some_are_over(sign_in: SignIn) -> None:
    coming = booked()
    patient, doctor = coming.chain.patient, coming.slot.doctor
    cancelled = booked(
        patient=patient, slot=SlotFactory.create(doctor=doctor, starts_at=STARTS_AT + timedelta(hours=1))
    )
    client = sign_in(coming)
    confirm(client, cancelled, walk_to_check(client, cancelled))
    booked()  # somebody else's
    held(patient=patient, slot=SlotFactory.create(doctor=doctor, starts_at=STARTS_AT + timedelta(hours=2)))

    page = client.get("/appointments/")

    assert [card.tag for card in page.context["upcoming"]] == ["Booked", "Held, not paid"]
    assert [card.tag for card in page.context["past"]] == ["Cancelled"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_when_counted_in_queries(
    sign_in: SignIn, django_assert_num_queries: Callable[[int], object], count: int
) -> None:
    first = booked()
    for number in range(1, count):
        booked(
            patient=first.chain.patient,
            slot=SlotFactory.create(starts_at=STARTS_AT + timedelta(hours=number)),
        )
    client = sign_in(first)
    client.get("/appointments/")

    with django_assert_num_queries(6):  # type: ignore[attr-defined]  # session, account, coming, over, payments
        client.get("/appointments/")


def test_list_when_at_two_clinics(sign_in: SignIn) -> None:
    first = booked()
    booked(patient=first.chain.patient)

    assert "Need help? Call" not in words(sign_in(first).get("/appointments/"))


def test_detail_when_booked(sign_in: SignIn) -> None:
    appointment = booked()

    page = sign_in(appointment).get(path("appointment", appointment))

    said = words(page)
    assert heading(page) == f"Appointment with {appointment.slot.doctor.name}"
    assert "When Thursday 5 November 2026 at 2:30pm to 3:00pm India Time" in said
    assert f"Patient {appointment.chain.patient.name} You paid ₹1,000.00 Reference {appointment.reference}" in said
    assert "If you cancel now, you get back ₹1,000.00" in said
    assert "This holds until Wednesday 4 November 2026 at 2:30pm." in said
    assert "Change date or time Cancel appointment" in said
    assert "For example, of ₹1,000.00 paid, ₹750.00 comes back if you cancel 12 hours before the start." in said


def test_detail_when_drawn(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(STARTS_AT - timedelta(hours=20))
    appointment = booked()

    picture = sign_in(appointment).get(path("appointment", appointment)).context["picture"]

    assert [(point.percent, point.amount, point.now) for point in picture] == [
        ("100", "₹1,000.00", False),
        ("75", "₹750.00", True),
        ("50", "₹500.00", False),
        ("0", "₹0.00", False),
    ]
    assert [point.when for point in picture] == [
        "until Wednesday 4 November 2026 at 2:30pm",
        "after that, until Thursday 5 November 2026 at 2:30am",
        "after that, until Thursday 5 November 2026 at 12:30pm",
        "after that, until the start",
    ]


def test_detail_when_the_channel_has_its_own_rules(sign_in: SignIn) -> None:
    channel = ChannelFactory.create(name="Wallet", deadline_hours=24, handling_fee=5_000)
    slot = SlotFactory.create(doctor=DoctorFactory.create(centre=channel.centre))
    appointment = booked(slot=slot, channel=channel)

    page = sign_in(appointment).get(path("appointment", appointment))

    assert [(point.percent, point.amount) for point in page.context["picture"]] == [
        ("100", "₹1,000.00"),
        ("100", "₹950.00"),
        ("0", "₹0.00"),
    ]
    assert page.context["picture"][-1].when == "after that, not online"
    assert "You booked with Wallet: online you can cancel until 24 hours before the start." in words(page)
    assert "Wallet takes a handling fee of ₹50.00 when you cancel." in words(page)


def test_detail_when_it_cannot_be_cancelled(sign_in: SignIn) -> None:
    channel = ChannelFactory.create(self_service=False, entrance_text="the CareApp app")
    slot = SlotFactory.create(doctor=DoctorFactory.create(centre=channel.centre))
    appointment = booked(slot=slot, channel=channel)

    said = words(sign_in(appointment).get(path("appointment", appointment)))

    assert "You cannot cancel online now" in said
    assert "What you can do instead" in said
    assert "Change date or time" not in said


def test_detail_when_it_waits_for_approval(sign_in: SignIn) -> None:
    appointment = pending_approval()

    said = words(sign_in(appointment).get(path("appointment", appointment)))

    assert "Waiting for approval" in said
    assert "If you cancel now, you get back ₹1,000.00" in said


def test_detail_when_held(sign_in: SignIn) -> None:
    draft = held()

    said = words(sign_in(draft).get(path("appointment", draft)))

    assert "This time is held for you until Monday 2 November 2026 at 2:45pm. It is booked once it is paid." in said


def test_detail_when_cancelled(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    confirm(client, appointment, walk_to_check(client, appointment))

    said = words(client.get(path("appointment", appointment)))

    assert f"This appointment is cancelled. Your reference is {appointment.reference}." in said
    assert "Track your refund of ₹1,000.00 Approved" in said
    assert "Cancelled by you on Monday 2 November 2026 at 2:30pm (India Time)." in said
    assert "Cancel appointment" not in said


@pytest.mark.parametrize(
    ("deed", "tag"), [(complete_appointment, "Took place"), (mark_no_show, "Missed"), (None, "Past")]
)
def test_detail_when_over(
    sign_in: SignIn, clock: time_machine.Traveller, deed: Callable[..., object] | None, tag: str
) -> None:
    appointment = booked()
    if deed is complete_appointment:
        check_in(appointment_id=appointment.pk, actor=system(), now=NOW)
    clock.move_to(STARTS_AT + timedelta(days=1))
    if deed:
        deed(appointment_id=appointment.pk, actor=system(), now=STARTS_AT + timedelta(days=1))
    client = sign_in(appointment)

    said = words(client.get(path("appointment", appointment)))

    assert tag in said
    assert "If you cancel now" not in said
    assert [card.tag for card in client.get("/appointments/").context["past"]] == [tag]


def test_history_when_told(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    confirm(client, appointment, walk_to_check(client, appointment))

    history = client.get(path("appointment", appointment)).context["history"]

    assert [row.value for row in history] == ["Time held", "Payment received", "Booked", "Cancelled by you"]
