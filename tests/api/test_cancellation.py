"""Cancelling by the API."""

from datetime import timedelta

import pytest
import time_machine

from appointments.models import Appointment, Channel
from refunds.models import Refund
from tests.api.conftest import PartnerClient
from tests.factories import NOW, STARTS_AT, DoctorFactory, SlotFactory, booked, fresh


@pytest.fixture
def booking(channel: Channel) -> Appointment:
    slot = SlotFactory.create(doctor=DoctorFactory.create(centre=channel.centre))
    return booked(slot=slot, channel=channel)


def test_quote_when_own_booking(client_api: PartnerClient, booking: Appointment) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = client_api.read(f"appointments/{booking.reference}/cancellation/")

    quote = answer.json()
    assert answer.status_code == 200
    token, allocations = quote.pop("quote"), quote.pop("allocations")
    assert token
    assert [(part["amount"], part["method"]) for part in allocations] == [("990.00", "original")]
    assert [(line["code"], line["amount"]) for line in quote.pop("lines")] == [
        ("held", "1000.00"),
        ("kept_by_rule", "0.00"),
        ("handling_fee", "-10.00"),
        ("refund", "990.00"),
    ]
    assert quote == {
        "allowed": True,
        "refusal": None,
        "rule": "tier",
        "percent": "100",
        "held": "1000.00",
        "gross": "1000.00",
        "fee": "10.00",
        "refund": "990.00",
        "insured": "0.00",
        "changes_at": "2026-11-04T09:00:00Z",
        "reason_required": False,
        "currency": "INR",
        "valid_until": "2026-11-02T09:10:00Z",
    }


def test_cancel_when_quoted(client_api: PartnerClient, booking: Appointment) -> None:
    with time_machine.travel(NOW, tick=False):
        path = f"appointments/{booking.reference}/cancellation/"
        quote = client_api.read(path).json()["quote"]
        answer = client_api.write(path, {"quote": quote})

    body = answer.json()
    event = booking.events.get(kind="cancelled")
    refund = Refund.objects.get()
    assert answer.status_code == 201
    assert (body["status"], body["confirmation"]) == ("cancelled", str(event.pk))
    assert [(row["id"], row["amount"], row["status"]) for row in body["refunds"]] == [
        (str(refund.pk), "990.00", "pending")
    ]
    assert fresh(booking).status == "cancelled"
    assert event.actor_label.startswith("partner HealthGate, key fs_")


def test_cancel_when_deadline_passed(client_api: PartnerClient, booking: Appointment) -> None:
    with time_machine.travel(STARTS_AT - timedelta(hours=24) + timedelta(seconds=1), tick=False):
        answer = client_api.read(f"appointments/{booking.reference}/cancellation/")

    body = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert (body["code"], body["refusal"], body["changes_at"]) == ("window_closed", "window_closed", None)
    assert body["detail"] == "This could be done online until Wednesday 4 November 2026 at 2:30pm."
