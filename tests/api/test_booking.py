"""Booking and moving by the API."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from appointments.models import Appointment, Channel, Patient, Slot
from refunds.models import Payment
from tests.api.conftest import PartnerClient
from tests.appointments.leave.rows import colleague, time_of, worked
from tests.factories import (
    NOW,
    PUBLISHED_AT,
    STARTS_AT,
    DoctorFactory,
    ReasonCodeFactory,
    SlotFactory,
    booked,
    fresh,
    publish,
)

ASHA = {"reference": "customer-7", "name": "Asha Rao", "birth_date": "1990-05-01", "email": "asha@example.org"}


@pytest.fixture(autouse=True)
def _at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def slot(channel: Channel) -> Slot:
    return SlotFactory.create(doctor=DoctorFactory.create(centre=channel.centre))


def hold(client: PartnerClient, slot: Slot, channel: Channel, **more: Any) -> Any:
    return client.write("holds/", {"slot": slot.pk, "channel": channel.pk, "patient": ASHA, **more})


def paid(reference: str, amount: str = "1000.00", **more: Any) -> dict[str, Any]:
    payment = {"method": "bank_transfer", "amount": amount, "currency": "INR", "reference": reference}
    return {"payment": {**payment, **more}}


def test_hold_when_free(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    answer = hold(client_api, slot, channel)

    body = answer.json()
    assert (answer.status_code, body["status"], body["due"]) == (201, "draft", "1000.00")
    assert body["pay_by"] == "2026-11-02T09:15:00Z"
    assert body["appointment"]["patient"] == {"reference": "customer-7", "name": "Asha Rao"}


def test_hold_when_customer_is_known(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    """The second time only the reference counts: a partner cannot rewrite a patient."""
    other = SlotFactory.create(doctor=slot.doctor, starts_at=STARTS_AT + timedelta(hours=1))
    hold(client_api, slot, channel)
    hold(client_api, other, channel, patient={**ASHA, "name": "Someone Else"})

    assert list(Patient.objects.values_list("name", "email")) == [("Asha Rao", "asha@example.org")]


def test_hold_when_taken(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    booked(slot=slot)

    answer = hold(client_api, slot, channel)

    assert (answer.status_code, answer.json()["code"]) == (409, "slot_unavailable")
    assert not Patient.objects.filter(name="Asha Rao").exists()


def test_confirm_when_paid(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    reference = hold(client_api, slot, channel).json()["appointment"]["reference"]

    answer = client_api.write(f"holds/{reference}/confirm/", paid("P-1"))

    body = answer.json()
    assert (answer.status_code, body["status"], body["due"], body["pay_by"]) == (201, "confirmed", "0.00", None)
    assert list(Payment.objects.values_list("amount", "method", "reference")) == [
        (100_000, "bank_transfer", "HealthGate: P-1")
    ]


@pytest.mark.parametrize(
    ("payment", "status", "code"),
    [
        (paid("P-1", "1000.01"), 409, "wrong_amount"),
        (paid("P-1", "1000.001"), 400, "invalid_request"),
        (paid("P-1", "0.00"), 400, "invalid_request"),
        (paid("P-1", "-5.00"), 400, "invalid_request"),
        (paid("P-1", "NaN"), 400, "invalid_request"),
        (paid("P-1", currency="USD"), 400, "invalid_request"),
        (paid("P-1", method="card"), 400, "invalid_request"),
        ({}, 409, "wrong_status"),
    ],
)
def test_confirm_when_the_money_is_wrong(
    client_api: PartnerClient, slot: Slot, channel: Channel, payment: dict[str, Any], status: int, code: str
) -> None:
    reference = hold(client_api, slot, channel).json()["appointment"]["reference"]

    answer = client_api.write(f"holds/{reference}/confirm/", payment)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (Payment.objects.count(), Appointment.objects.get().status) == (0, "draft")


def test_confirm_when_the_hold_ran_out(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    reference = hold(client_api, slot, channel).json()["appointment"]["reference"]

    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        answer = client_api.write(f"holds/{reference}/confirm/", paid("P-1"))

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_status")
    assert Payment.objects.count() == 0


def test_move_when_nothing_is_due(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    old = booked(slot=slot, channel=channel)
    target = SlotFactory.create(doctor=slot.doctor, starts_at=STARTS_AT + timedelta(days=1))
    path = f"appointments/{old.reference}/reschedule/"
    quote = client_api.read(path, slot=target.pk).json()

    answer = client_api.write(path, {"slot": target.pk, "quote": quote["quote"]})

    body = answer.json()
    new = Appointment.objects.get(slot=target)
    assert (quote["due"], quote["reschedules_left"], answer.status_code) == ("0.00", 1, 201)
    assert (body["status"], body["appointment"]["reference"], body["pay_by"]) == ("rescheduled", new.reference, None)
    assert client_api.read(f"appointments/{old.reference}/").json()["moved_to"] == new.reference


def test_move_when_something_is_due(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    old = booked(slot=slot, channel=channel)
    target = SlotFactory.create(doctor=slot.doctor, starts_at=STARTS_AT + timedelta(days=1), price=120_000)
    path = f"appointments/{old.reference}/reschedule/"
    quote = client_api.read(path, slot=target.pk).json()["quote"]

    waiting = client_api.write(path, {"slot": target.pk, "quote": quote})

    body = waiting.json()
    assert (waiting.status_code, body["status"], body["due"]) == (202, "waiting_for_payment", "200.00")
    assert (body["pay_by"], fresh(old).status) == ("2026-11-02T09:15:00Z", "confirmed")

    done = client_api.write(f"holds/{body['appointment']['reference']}/confirm/", paid("P-2", "200.00"))

    assert (done.status_code, done.json()["status"], fresh(old).status) == (201, "confirmed", "rescheduled")


def test_move_when_the_doctor_is_away(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    """As on the portal's pages it costs nothing, dearer or not."""
    old = booked(slot=slot, channel=channel)
    time_of(colleague(slot.doctor))
    worked(slot.doctor)
    target = SlotFactory.create(doctor=slot.doctor, starts_at=STARTS_AT + timedelta(days=20), price=120_000)
    path = f"appointments/{old.reference}/reschedule/"
    quote = client_api.read(path, slot=target.pk).json()

    answer = client_api.write(path, {"slot": target.pk, "quote": quote["quote"]})

    assert (quote["fee"], quote["due"], quote["reschedules_left"]) == ("0.00", "0.00", 2)
    assert (answer.status_code, answer.json()["status"]) == (201, "rescheduled")


def test_move_when_the_slot_is_gone(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    old = booked(slot=slot, channel=channel)
    target = SlotFactory.create(doctor=slot.doctor, starts_at=STARTS_AT + timedelta(days=1))
    booked(slot=target)

    answer = client_api.read(f"appointments/{old.reference}/reschedule/", slot=target.pk)

    assert (answer.status_code, answer.json()["code"], answer.json()["allowed"]) == (409, "slot_unavailable", False)


def test_cancel_when_a_reason_is_required(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    ReasonCodeFactory.create(code="other", needs_text=True)
    publish(channel.centre.policy, now=NOW - timedelta(days=20), reason_from_patient=True)
    old = booked(slot=slot, channel=channel)
    path = f"appointments/{old.reference}/cancellation/"
    quote = client_api.read(path).json()["quote"]

    answers = [
        client_api.write(path, {"quote": quote, "reason": reason}).json()
        for reason in ({}, {"code": "nonsense"}, {"code": "other"}, {"code": "other", "text": "Moved away"})
    ]

    assert [body.get("code") for body in answers] == ["reason_required", "reason_unknown", "reason_required", None]
    assert answers[2]["errors"] == [{"field": "reason.text", "message": "Give a reason."}]
    assert fresh(old).events.get(kind="cancelled").reason_text == "Moved away"


def test_quote_when_it_changed_since(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    old = booked(slot=slot, channel=channel)
    path = f"appointments/{old.reference}/cancellation/"
    stale = client_api.read(path).json()["quote"]

    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        answer = client_api.write(path, {"quote": stale})
        new = answer.json()["new_quote"]
        again = client_api.write(path, {"quote": new["quote"]})

    assert (answer.status_code, answer.json()["code"], new["refund"]) == (409, "quote_changed", "990.00")
    assert again.status_code == 201


def test_hold_when_no_terms_are_in_force(client_api: PartnerClient, slot: Slot, channel: Channel) -> None:
    with time_machine.travel(PUBLISHED_AT - timedelta(days=1), tick=False):
        answer = hold(client_api, slot, channel)

    assert (answer.status_code, answer.json()["code"]) == (409, "no_policy_in_force")
    assert Appointment.objects.count() == 0
