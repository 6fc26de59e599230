"""What no page expected is told in words, with nothing changed, and never as a broken page."""

from collections.abc import Callable

import pytest
from django.test import Client

from appointments.errors import ChangedMeanwhileError, WrongStatusError
from appointments.models import Appointment
from policies.errors import NoPolicyInForce
from refunds.errors import OverRefund
from tests.factories import NOW, booked, fresh

SignIn = Callable[[Appointment], Client]


@pytest.fixture
def appointment() -> Appointment:
    return booked()


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (OverRefund(available=1), "This payment does not have that much left to refund."),
        (NoPolicyInForce(1, NOW), "No terms are in force for this calendar yet"),
        (ChangedMeanwhileError(), "Something has changed in the meantime"),
        (WrongStatusError("x"), "Something has changed in the meantime"),
    ],
)
def test_page_when_a_deed_is_refused(
    trouble: Exception, words: str, appointment: Appointment, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_given: object) -> None:
        raise trouble

    monkeypatch.setattr("appointments.portal.change_steps.booking_facts", lambda _appointment: refuse())
    answer = sign_in(appointment).get(f"/appointments/{appointment.reference}/change/")

    assert (answer.status_code, answer["Cache-Control"]) == (409, "no-store")
    assert words in answer.content.decode()
    assert fresh(appointment).status == "confirmed"


def test_page_when_it_is_broken(appointment: Appointment, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_appointment: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("appointments.portal.change_steps.booking_facts", fail)
    with pytest.raises(KeyError):
        sign_in(appointment).get(f"/appointments/{appointment.reference}/change/")
