"""Refusals in words: the exact sentences."""

from typing import Any

import pytest

from appointments.facts import booking_facts
from appointments.wording.refusals import refusal_words
from policies.rules.quote import Refusal
from tests import factories as make

pytestmark = pytest.mark.django_db


def words(refusal: Refusal, *, for_move: bool = False, channel: dict[str, Any] | None = None, **terms: Any) -> str:
    slot = make.SlotFactory.create(doctor__centre__policy=make.published_policy(**terms))
    portal = make.ChannelFactory.create(centre=slot.doctor.centre, **(channel or {}))
    appointment = make.booked(slot=slot, channel=portal)
    return refusal_words(
        refusal,
        appointment=appointment,
        booking=booking_facts(appointment),
        slot=make.moving(appointment) if for_move else None,
    )


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (Refusal.NOT_CANCELLABLE, "This appointment can no longer be cancelled."),
        (Refusal.NOT_RESCHEDULABLE, "This appointment can no longer be moved."),
        (Refusal.APPOINTMENT_STARTED, "The appointment has started."),
        (Refusal.SAME_DOCTOR_REQUIRED, "The clinic’s terms keep this appointment with the same doctor."),
        (Refusal.SLOT_IN_PAST, "That time has passed. Select another time"),
        (Refusal.SAME_SLOT, "That is the time you already have. Select another time"),
        (Refusal.SLOT_UNAVAILABLE, "That time has just been taken. Select another time"),
        (
            Refusal.MAX_RESCHEDULES,
            "This appointment has been moved as often as the clinic allows (2). Cancel it and book again.",
        ),
    ],
)
def test_refusal_when_each(refusal: Refusal, sentence: str) -> None:
    assert words(refusal) == sentence


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        ("", "You booked with Wallet. Cancel or change it there: Bookings in the app."),
        (
            "+91 20 5550 0199",
            "You booked with Wallet. Cancel or change it there: Bookings in the app or call +91 20 5550 0199.",
        ),
    ],
)
def test_refusal_when_booked_elsewhere(phone: str, sentence: str) -> None:
    channel = {
        "name": "Wallet",
        "self_service": False,
        "entrance_text": "Bookings in the app",
        "entrance_phone": phone,
    }

    assert words(Refusal.USE_CHANNEL, channel=channel) == sentence


@pytest.mark.parametrize(
    ("for_move", "channel", "clock"),
    [(False, {}, "10:30am"), (False, {"deadline_hours": 6}, "8:30am"), (True, {"deadline_hours": 6}, "12:30pm")],
)
def test_window_when_closed(for_move: bool, channel: dict[str, Any], clock: str) -> None:  # noqa: FBT001
    sentence = words(Refusal.WINDOW_CLOSED, for_move=for_move, channel=channel, window_hours=4)

    assert sentence == f"This could be done online until Thursday 5 November 2026 at {clock}."
