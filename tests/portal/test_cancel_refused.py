"""Page 11: what cannot be cancelled online, and why."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.test import Client

from appointments.models import Appointment
from appointments.reasons import Reason
from appointments.usecases.attend import check_in
from appointments.usecases.cancel import cancel_appointment
from tests.factories import (
    NOW,
    STARTS_AT,
    CentreFactory,
    ChannelFactory,
    DoctorFactory,
    ReasonCodeFactory,
    SlotFactory,
    booked,
    published_policy,
    staff_of,
    system,
)
from tests.portal.walk import confirm, everything, heading, path, walk_to_check, words

SignIn = Callable[[Appointment], Client]
REFUSED = "You cannot cancel online now"


def test_refusal_when_the_channel_decides(sign_in: SignIn) -> None:
    channel = ChannelFactory.create(
        self_service=False, name="CareApp", entrance_text="the CareApp app", entrance_phone="+91 1"
    )
    doctor = DoctorFactory.create(centre=channel.centre)
    appointment = booked(slot=SlotFactory.create(doctor=doctor), channel=channel)
    client = sign_in(appointment)

    page = client.get(path("cancel", appointment))

    assert heading(page) == REFUSED
    assert "You booked with CareApp. Cancel or change it there: the CareApp app or call +91 1." in words(page)
    assert "change the date or time" not in words(page)


def test_refusal_when_the_window_is_closed(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    centre = CentreFactory.create(
        policy=published_policy(window_hours=6, reschedule_window_hours=2), phone_hours="8am to 8pm"
    )
    appointment = booked(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=centre)))
    clock.move_to(STARTS_AT - timedelta(hours=5))

    said = words(sign_in(appointment).get(path("cancel", appointment)))

    assert "This could be done online until Thursday 5 November 2026 at 8:30am." in said
    assert "Ask the clinic to make an exception" in said
    assert f"{centre.phone}, 8am to 8pm" in said
    assert "You can still change the date or time online." in said


def test_refusal_when_it_has_started(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    appointment = booked()
    client = sign_in(appointment)
    token = walk_to_check(client, appointment)
    clock.move_to(STARTS_AT + timedelta(minutes=1))
    client.force_login(appointment.chain.patient.user)  # type: ignore[arg-type]
    before = everything()

    answer = confirm(client, appointment, token)

    assert everything() == before
    page = client.get(path("cancel", appointment))
    assert answer.headers["Location"] == path("cancel", appointment)
    assert (heading(page), "The appointment has started." in words(page)) == (REFUSED, True)


def test_refusal_when_the_patient_has_come(sign_in: SignIn) -> None:
    appointment = booked()
    check_in(appointment_id=appointment.pk, actor=system(), now=NOW)

    page = sign_in(appointment).get(path("cancel", appointment))

    assert "This appointment can no longer be cancelled." in words(page)


def test_confirm_when_the_clinic_cancelled_first(sign_in: SignIn) -> None:
    appointment = booked()
    client = sign_in(appointment)
    token = walk_to_check(client, appointment)
    reason = Reason(ReasonCodeFactory.create().code)
    cancel_appointment(
        appointment_id=appointment.pk, actor=staff_of(appointment), now=NOW, reason=reason, for_hospital=True
    )
    before = everything()

    answer = confirm(client, appointment, token)
    page = client.get(answer.headers["Location"])

    assert everything() == before
    assert "Cancelled by the clinic on Monday 2 November 2026 at 2:30pm (India Time)." in words(page)
    assert f"Your reference {appointment.reference}" in words(page)
