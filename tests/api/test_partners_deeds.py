"""What partners do bears their name, is repeated for them alone, and shows when it changes later."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments.actor import Actor
from appointments.certificates.wording import _by_whom
from appointments.models import Appointment, AppointmentEvent, Channel, MessageKind, OutboxMessage, Partner
from appointments.notifications.messages import word_message
from appointments.usecases.reschedule import reschedule_appointment
from refunds.models import Refund, RefundStatus
from refunds.record import move_refund
from tests.api.conftest import PartnerClient, client_of, partner_of
from tests.appointments.rows import nothing_changed
from tests.factories import NOW, SlotFactory, booked, fresh, moving

NEXT_DAY = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def booking(channel: Channel) -> Appointment:
    return booked(channel=channel, slot=SlotFactory.create(doctor__centre=channel.centre))


@pytest.fixture
def stranger(channel: Channel) -> PartnerClient:
    """Another partner with the same channel."""
    return client_of(partner_of(channel, name="Stranger"))


def cancel(client: PartnerClient, booking: Appointment) -> Any:
    path = f"appointments/{booking.reference}/cancellation/"
    return client.write(path, {"quote": client.read(path).json()["quote"]})


def lead_of(kind: MessageKind) -> str:
    message = OutboxMessage.objects.select_related("patient", "event__appointment").get(kind=kind)
    return word_message(message).text.split("\n")[2]


def test_event_when_a_partner_cancels(client_api: PartnerClient, partner: Partner, booking: Appointment) -> None:
    cancel(client_api, booking)

    event = AppointmentEvent.objects.get(kind="cancelled")
    assert (event.actor_kind, event.actor_partner, _by_whom(event)) == (
        "patient",
        partner,
        "by HealthGate for the patient",
    )
    assert lead_of(MessageKind.CANCELLED) == (
        "HealthGate has cancelled your appointment for you. You do not need to do anything else."
    )


def test_page_when_a_partner_cancelled(client_api: PartnerClient, booking: Appointment) -> None:
    cancel(client_api, booking)
    user, client = booking.chain.patient.user, Client()
    assert user is not None
    client.force_login(user)

    page = client.get(f"/appointments/{booking.reference}/").content.decode()

    assert "Cancelled by HealthGate for you" in " ".join(page.split())


def test_mail_when_a_partner_moved(partner: Partner, channel: Channel, booking: Appointment) -> None:
    actor = Actor.partner(partner_id=partner.pk, name=partner.name, key="fs_1", channel_ids=frozenset({channel.pk}))

    reschedule_appointment(appointment_id=booking.pk, slot_id=moving(booking).pk, actor=actor, now=NOW)

    assert lead_of(MessageKind.RESCHEDULED) == "HealthGate has changed your appointment for you."


def test_cancel_when_repeated(client_api: PartnerClient, booking: Appointment) -> None:
    """Under a new key, as after a broken connection and a lost key: the same partner gets the same answer."""
    path = f"appointments/{booking.reference}/cancellation/"
    body = {"quote": client_api.read(path).json()["quote"]}

    first, second = client_api.write(path, body), client_api.write(path, body)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["confirmation"] == second.json()["confirmation"]


def test_cancel_when_another_partner_did(
    client_api: PartnerClient, stranger: PartnerClient, booking: Appointment
) -> None:
    path = f"appointments/{booking.reference}/cancellation/"
    body = {"quote": stranger.read(path).json()["quote"]}
    cancel(client_api, booking)

    answer = stranger.write(path, body)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_cancellable")


@pytest.mark.parametrize(("price", "status"), [(100_000, "rescheduled"), (130_000, "confirmed")])
def test_move_when_another_partner_did(
    client_api: PartnerClient, stranger: PartnerClient, booking: Appointment, price: int, status: str
) -> None:
    """At once, or waiting for its payment: the answer to it is not the other's to have."""
    slot, path = moving(booking, price=price), f"appointments/{booking.reference}/reschedule/"
    quote = client_api.read(path, slot=slot.pk).json()["quote"]
    assert client_api.write(path, {"slot": slot.pk, "quote": quote}).status_code in {201, 202}
    assert fresh(booking).status == status

    answer = stranger.write(path, {"slot": slot.pk, "quote": quote})

    assert answer.status_code == 409
    assert AppointmentEvent.objects.filter(actor_partner__name="Stranger").count() == 0


def test_list_when_a_refund_changes(client_api: PartnerClient, booking: Appointment) -> None:
    cancel(client_api, booking)
    refund = Refund.objects.get()
    assert client_api.read("appointments/", updated_since=NEXT_DAY.isoformat()).json()["results"] == []

    move_refund(refund=refund, to=RefundStatus.PROCESSING, at=NEXT_DAY, actor="test")

    (row,) = client_api.read("appointments/", updated_since=NEXT_DAY.isoformat()).json()["results"]
    assert (row["reference"], row["updated_at"]) == (booking.reference, "2026-11-03T09:00:00Z")
    assert row["refunds"] == [{"id": str(refund.pk), "status": "processing"}]
    assert client_api.read(f"appointments/{booking.reference}/").json() == row


def test_list_when_another_bookings_refund_changes(
    client_api: PartnerClient, booking: Appointment, channel: Channel
) -> None:
    other = booked(channel=channel, slot=SlotFactory.create(doctor__centre=channel.centre))
    cancel(client_api, other)
    move_refund(refund=Refund.objects.get(), to=RefundStatus.PROCESSING, at=NEXT_DAY, actor="test")

    listed = client_api.read("appointments/", updated_since=NEXT_DAY.isoformat()).json()["results"]

    assert [row["reference"] for row in listed] == [other.reference]
    assert json.loads(json.dumps(client_api.read(f"appointments/{booking.reference}/").json()))["refunds"] == []


def test_list_when_read(client_api: PartnerClient, booking: Appointment) -> None:
    client_api.read("appointments/")

    with nothing_changed():
        client_api.read("appointments/")
