"""Why, and knowing that nothing comes back."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from appointments.models import Appointment, AppointmentEvent, Doctor, ReasonCode
from appointments.usecases.attend import check_in
from tests.factories import (
    NOW,
    STARTS_AT,
    CentreFactory,
    DoctorFactory,
    ReasonCodeFactory,
    SlotFactory,
    booked,
    fresh,
    published_policy,
    system,
)
from tests.portal.walk import confirm, everything, heading, path, title, walk_to_check, words

SignIn = Callable[[Appointment], Client]


@pytest.fixture
def asked(sign_in: SignIn, appointment: Appointment) -> Client:
    """Signed in, with the offer seen."""
    client = sign_in(appointment)
    client.get(path("cancel", appointment))
    return client


@pytest.fixture
def appointment() -> Appointment:
    ReasonCodeFactory.create(code="better", label="I feel better")
    ReasonCodeFactory.create(code="other", label="Another reason", needs_text=True)
    ReasonCodeFactory.create(code="staff", label="Double booking", for_patients=False)
    ReasonCodeFactory.create(code="gone", label="Old reason", is_active=False)
    return booked()


def answer(asked: Client, appointment: Appointment, **fields: str) -> str:
    return asked.post(path("cancel_reason", appointment), fields).headers["Location"]


def test_reason_when_asked(asked: Client, appointment: Appointment) -> None:
    page = asked.get(path("cancel_reason", appointment))

    assert heading(page) == "Why are you cancelling?"
    assert [label for _value, label in page.context["form"]["code"].field.choices] == [
        "I feel better",
        "Another reason",
        "I would rather not say",
    ]
    assert "Your answer does not change your refund." in words(page)
    assert " checked" not in page.content.decode()


def test_reason_when_missing(asked: Client, appointment: Appointment) -> None:
    assert answer(asked, appointment) == path("cancel_reason", appointment)
    page = asked.get(path("cancel_reason", appointment))

    assert title(page) == "Error: Why are you cancelling? – Fairslot"
    assert words(page).count("Select why you are cancelling") == 2
    assert 'href="#id_code_0"' in page.content.decode()


@pytest.mark.parametrize("code", ["staff", "gone", "nonsense", "<script>"])
def test_reason_when_not_offered(asked: Client, appointment: Appointment, code: str) -> None:
    answer(asked, appointment, code=code)

    assert "Select why you are cancelling" in words(asked.get(path("cancel_reason", appointment)))


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_reason_when_its_text_is_blank(asked: Client, appointment: Appointment, text: str) -> None:
    answer(asked, appointment, code="other", text=text)

    assert words(asked.get(path("cancel_reason", appointment))).count("Enter why you are cancelling") == 2


def test_reason_when_its_text_is_too_long(asked: Client, appointment: Appointment) -> None:
    answer(asked, appointment, code="other", text="é" * 501)
    page = asked.get(path("cancel_reason", appointment))

    assert words(page).count("Your reason must be 500 characters or less") == 2
    assert "é" * 501 in page.content.decode()


def test_reason_when_its_text_is_a_megabyte(asked: Client, appointment: Appointment) -> None:
    answer(asked, appointment, code="other", text="x" * 1_000_000)

    assert len(asked.session["cancel"][appointment.reference]["text"]) == 4000


def test_reason_when_gone_back_to(asked: Client, appointment: Appointment) -> None:
    answer(asked, appointment, code="other", text="I found a clinic nearer to home")
    asked.get(path("cancel_check", appointment))

    page = asked.get(path("cancel_reason", appointment)).content.decode()

    assert re.findall(r'<input[^>]*value="(\w+)"[^>]* checked', page) == ["other"]
    assert "I found a clinic nearer to home" in page


def test_reason_when_wrong_and_gone_back_to(asked: Client, appointment: Appointment) -> None:
    answer(asked, appointment, code="other", text="")
    asked.get(path("cancel", appointment))

    page = asked.get(path("cancel_reason", appointment))

    assert title(page) == "Why are you cancelling? – Fairslot"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '=HYPERLINK("http://evil.example")', "a\r\nBcc: x", "\u202egnp.exe", "🙂"]
)
def test_reason_when_its_text_is_hostile(asked: Client, appointment: Appointment, text: str) -> None:
    assert answer(asked, appointment, code="other", text=text) == path("cancel_check", appointment)
    check = asked.get(path("cancel_check", appointment))

    assert "<script>alert" not in check.content.decode()
    confirm(asked, appointment, check.context["offer"].token)
    assert AppointmentEvent.objects.get(kind="cancelled").reason_text == text


def test_reason_when_rather_not_said(asked: Client, appointment: Appointment) -> None:
    confirm(asked, appointment, walk_to_check(asked, appointment))

    assert AppointmentEvent.objects.get(kind="cancelled").reason_code == ""


def test_reason_when_required(sign_in: SignIn) -> None:
    ReasonCodeFactory.create(code="better", label="I feel better")
    centre = CentreFactory.create(policy=published_policy(reason_from_patient=True))
    appointment = booked(slot=SlotFactory.create(doctor=DoctorFactory.create(centre=centre)))
    client = sign_in(appointment)
    client.get(path("cancel", appointment))

    answer(client, appointment, code="~")

    assert "Select why you are cancelling" in words(client.get(path("cancel_reason", appointment)))
    assert client.get(path("cancel_check", appointment)).headers["Location"] == path("cancel_reason", appointment)


def test_reason_when_it_is_no_longer_offered(asked: Client, appointment: Appointment) -> None:
    token = walk_to_check(asked, appointment, reason="better")
    ReasonCode.objects.filter(code="better").update(is_active=False)
    before = everything()

    gone = confirm(asked, appointment, token)

    assert gone.headers["Location"] == path("cancel_reason", appointment)
    assert "Select why you are cancelling" in words(asked.get(path("cancel_reason", appointment)))
    assert everything() == before


def test_no_refund_when_nothing_comes_back(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(STARTS_AT - timedelta(hours=1))
    appointment = booked()
    client = sign_in(appointment)
    client.get(path("cancel", appointment))
    client.post(path("cancel_reason", appointment), {"code": "~"})

    first = client.get(path("cancel_check", appointment), follow=True)
    client.post(path("cancel_no_refund", appointment))
    check = client.get(path("cancel_check", appointment))

    assert heading(first) == "You will not get any money back"
    assert "Cancel appointment without a refund" in words(check)
    confirm(client, appointment, check.context["offer"].token)
    assert fresh(appointment).status == Appointment.Status.CANCELLED


def test_no_refund_when_something_comes_back(asked: Client, appointment: Appointment) -> None:
    assert asked.get(path("cancel_no_refund", appointment)).headers["Location"] == path("cancel", appointment)


def test_no_refund_when_confirmed_without_seeing_it(sign_in: SignIn, clock: time_machine.Traveller) -> None:
    clock.move_to(STARTS_AT - timedelta(hours=1))
    appointment = booked()
    client = sign_in(appointment)
    token = client.get(path("cancel", appointment)).context["offer"].token
    client.post(path("cancel_reason", appointment), {"code": "~"})
    before = everything()

    answered = confirm(client, appointment, token)

    assert answered.headers["Location"] == path("cancel_no_refund", appointment)
    assert everything() == before


@pytest.fixture
def risky(asked: Client, appointment: Appointment) -> Client:
    """The clinic says of this doctor that cancelling may delay treatment; the patient was asked why already."""
    Doctor.objects.update(delay_is_risky=True)
    asked.post(path("cancel_reason", appointment), {"code": "~"})
    return asked


def test_delay_when_the_clinic_calls_it_risky(risky: Client, appointment: Appointment) -> None:
    first = risky.get(path("cancel_check", appointment), follow=True)
    risky.post(path("cancel_delay", appointment))
    check = risky.get(path("cancel_check", appointment))

    assert heading(first) == "This may delay your treatment"
    assert f'href="tel:{appointment.centre.phone.replace(" ", "")}"' in first.content.decode()
    confirm(risky, appointment, check.context["offer"].token)
    assert fresh(appointment).status == Appointment.Status.CANCELLED


def test_delay_when_confirmed_without_seeing_it(risky: Client, appointment: Appointment) -> None:
    token = risky.get(path("cancel", appointment)).context["offer"].token
    before = everything()

    answered = confirm(risky, appointment, token)

    assert answered.headers["Location"] == path("cancel_delay", appointment)
    assert everything() == before


def test_delay_when_nothing_is_risky(asked: Client, appointment: Appointment) -> None:
    assert asked.get(path("cancel_delay", appointment)).headers["Location"] == path("cancel", appointment)
    asked.post(path("cancel_reason", appointment), {"code": "~"})
    assert heading(asked.get(path("cancel_check", appointment))) == "Confirm you want to cancel this appointment"


def test_delay_when_it_can_no_longer_be_cancelled(risky: Client, appointment: Appointment) -> None:
    check_in(appointment_id=appointment.pk, actor=system(), now=NOW)

    for answer in (risky.get(path("cancel_delay", appointment)), risky.post(path("cancel_delay", appointment))):
        assert answer.headers["Location"] == path("cancel", appointment)
