"""The pages of a request for an exception."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from appointments.late.uploads import MOST_BYTES
from appointments.models import Appointment, LateDocument, LateRequest, LateRule
from tests.appointments.late.files import PDF
from tests.factories import STARTS_AT, booked
from tests.portal.walk import booked_under, everything, heading, path, title, words

SignIn = Callable[[Appointment], Client]
ANSWERS = {"wish": "refund", "text": "In hospital <script>alert(1)</script>"}


@pytest.fixture
def late(sign_in: SignIn, clock: time_machine.Traveller) -> tuple[Client, Appointment]:
    """A patient an hour before an appointment that takes no cancellation in the last two."""
    appointment = booked_under(window_hours=2)
    clock.move_to(STARTS_AT - timedelta(hours=1))
    return sign_in(appointment), appointment


def pdf(content: bytes = PDF, name: str = "letter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_refused_page_when_the_window_is_closed(late: tuple[Client, Appointment]) -> None:
    client, appointment = late

    page = client.get(path("cancel", appointment))

    assert heading(page) == "You cannot cancel online now"
    assert f'href="{path("late", appointment)}"' in page.content.decode()


def test_request_when_sent(late: tuple[Client, Appointment]) -> None:
    client, appointment = late

    sent = client.post(path("late", appointment), {**ANSWERS, "document": pdf()})
    page = client.get(sent["Location"])

    assert sent["Location"] == path("late_request", appointment)
    assert heading(page) == "Your request for an exception"
    assert "The clinic decides By Friday 6 November 2026 at 1:30pm" in words(page)
    assert "Your appointment stays booked until the clinic has decided." in words(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.content.decode()
    assert page.content.decode().count('aria-current="step"') == 1
    assert "See your request" in words(client.get(path("appointment", appointment)))
    assert "You have asked already." in words(client.get(path("cancel", appointment)))
    assert client.get(path("late", appointment))["Location"] == path("late_request", appointment)


def test_request_when_the_clinic_is_late(
    late: tuple[Client, Appointment], clock: time_machine.Traveller, sign_in: SignIn
) -> None:
    client, appointment = late
    client.post(path("late", appointment), ANSWERS)
    clock.shift(timedelta(hours=25))
    sign_in(appointment)

    assert "wanted to answer by Friday 6 November 2026 at 1:30pm and is late." in words(
        client.get(path("late_request", appointment))
    )


def test_request_when_taken_back(late: tuple[Client, Appointment]) -> None:
    client, appointment = late
    client.post(path("late", appointment), ANSWERS)

    client.post(path("late_withdraw", appointment))
    again = client.post(path("late_withdraw", appointment), follow=True)

    assert LateRequest.objects.get().state == "withdrawn"
    assert "the request was closed meanwhile" in words(again)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"wish": ""}, "Select what you ask for"),
        ({"wish": "everything"}, "Select what you ask for"),
        ({"text": " "}, "Enter why you ask for an exception"),
        ({"text": "x" * 501}, "Your reason must be 500 characters or less"),
        ({"document": pdf(b"")}, "The document is empty."),
        ({"document": pdf(PDF[:-6] + b" " * MOST_BYTES + PDF[-6:])}, "The document must be 5 MB or less"),
        ({"document": pdf(b"MZ\x90")}, "The document must be a PDF, JPEG or PNG."),
        ({"document": pdf(b"<svg/>", "x.svg")}, "The document must be a PDF, JPEG or PNG."),
    ],
)
def test_request_when_an_answer_will_not_do(
    late: tuple[Client, Appointment], answers: dict[str, Any], message: str
) -> None:
    client, appointment = late
    before = everything()

    page = client.post(path("late", appointment), {**ANSWERS, **answers})

    assert title(page).startswith("Error:")
    assert words(page).count(message) == 2
    assert everything() == before
    assert LateRequest.objects.count() == LateDocument.objects.count() == 0


def test_request_when_the_situation_wants_a_document(late: tuple[Client, Appointment]) -> None:
    client, appointment = late
    rule = LateRule.objects.create(label="In hospital", percent=100, needs_document=True)

    without = client.post(path("late", appointment), {**ANSWERS, "rule": rule.pk})
    with_it = client.post(path("late", appointment), {**ANSWERS, "rule": rule.pk, "document": pdf()})

    assert "Select a document that shows it" in words(without)
    assert with_it.status_code == 302
    assert LateRequest.objects.get().rule == rule


def test_request_when_it_can_be_cancelled_online(sign_in: SignIn) -> None:
    appointment = booked()

    answer = sign_in(appointment).post(path("late", appointment), ANSWERS)

    assert answer["Location"] == path("appointment", appointment)
    assert LateRequest.objects.count() == 0


@pytest.fixture
def too_late_to_move(sign_in: SignIn, clock: time_machine.Traveller) -> tuple[Client, Appointment]:
    """An hour before an appointment that can still be cancelled, and is moved no more in the last two."""
    appointment = booked()
    clock.move_to(STARTS_AT - timedelta(hours=1))
    return sign_in(appointment), appointment


def test_refused_move_when_its_window_is_closed(too_late_to_move: tuple[Client, Appointment]) -> None:
    client, appointment = too_late_to_move

    refused = client.get(path("change", appointment))
    form = client.get(path("late", appointment))
    sent = client.post(path("late", appointment), {**ANSWERS, "wish": "change"})

    assert f'href="{path("late", appointment)}"' in refused.content.decode()
    assert [value for value, _label in form.context["form"].fields["wish"].choices] == ["change"]
    assert f'class="back" href="{path("change", appointment)}"' in form.content.decode()
    assert sent["Location"] == path("late_request", appointment)
    assert LateRequest.objects.get().wish == "change"
    assert "You have asked already." in words(client.get(path("change", appointment)))
    assert heading(client.get(path("cancel", appointment))) == "Check your refund before you cancel"


def test_request_when_only_a_move_is_too_late(too_late_to_move: tuple[Client, Appointment]) -> None:
    client, appointment = too_late_to_move

    page = client.post(path("late", appointment), ANSWERS)

    assert "Select what you ask for" in words(page)
    assert LateRequest.objects.count() == 0


@pytest.mark.parametrize("name", ["late", "late_request", "late_withdraw"])
def test_request_when_it_is_somebody_elses(late: tuple[Client, Appointment], sign_in: SignIn, name: str) -> None:
    client, appointment = late
    client.post(path("late", appointment), ANSWERS)
    stranger = sign_in(booked())

    answer = (
        stranger.post(path(name, appointment)) if name == "late_withdraw" else stranger.get(path(name, appointment))
    )

    assert answer.status_code == 404
    assert LateRequest.objects.get().state == "waiting"
