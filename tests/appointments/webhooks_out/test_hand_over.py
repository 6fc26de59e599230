"""From messages to deliveries."""

import json
from datetime import timedelta

import pytest

from appointments.models import (
    Appointment,
    Channel,
    Partner,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)
from appointments.usecases.cancel import cancel_appointment
from appointments.webhooks_out.endpoints import make_endpoint, switch_off
from appointments.webhooks_out.hand_over import due_messages, hand_over
from tests import factories as make
from tests.factories import LONG_AGO, NOW

pytestmark = pytest.mark.django_db


def listener(channel: Channel, name: str, **fields: object) -> WebhookEndpoint:
    partner = Partner.objects.create(name=name)
    partner.channels.set([channel])
    made = make_endpoint(partner_id=partner.pk, url=f"https://{name}.example/", now=LONG_AGO).endpoint
    WebhookEndpoint.objects.filter(pk=made.pk).update(**fields)
    return made


def handed(message: WebhookMessage) -> list[str]:
    return sorted(message.deliveries.values_list("endpoint__partner__name", flat=True))


def release(booking: Appointment) -> WebhookMessage:
    cancel_appointment(appointment_id=booking.pk, actor=make.patient_of(booking), now=NOW)
    return WebhookMessage.objects.get(kind="slot.released")


def test_message_when_due(booking: Appointment, channel: Channel) -> None:
    """Each partner of the channel that listened then, is active, and wants this kind."""
    listener(channel, "second")
    listener(channel, "chooser", kinds=["refund.updated"])
    listener(channel, "latecomer", created_at=LONG_AGO + timedelta(seconds=1))
    off = listener(channel, "off")
    switch_off(endpoint_id=off.pk, reason=WebhookEndpoint.OffReason.BY_HAND, now=NOW)
    ended = listener(channel, "ended")
    Partner.objects.filter(pk=ended.partner_id).update(is_active=False)
    listener(make.ChannelFactory.create(centre=channel.centre), "neighbour")
    (message,) = due_messages(now=NOW, limit=5)

    assert hand_over(message, now=NOW) == 2
    assert handed(message) == ["HealthGate", "second"]
    assert due_messages(now=NOW, limit=5) == []


def test_message_when_handed_over_twice(booking: Appointment) -> None:
    (message,) = due_messages(now=NOW, limit=5)

    hand_over(message, now=NOW)
    hand_over(message, now=NOW)

    assert WebhookDelivery.objects.count() == 1


def test_slot_when_free(booking: Appointment) -> None:
    """It is of the centre: every partner who books there may have it."""
    listener(make.ChannelFactory.create(centre=booking.centre), "neighbour")
    message = release(booking)

    hand_over(message, now=NOW)

    message.refresh_from_db()
    assert handed(message) == ["HealthGate", "neighbour"]
    assert json.loads(message.body) == {
        "type": "slot.released",
        "timestamp": "2026-11-02T09:00:00Z",
        "data": {
            "slot": booking.slot_id,
            "centre": booking.centre.slug,
            "doctor": booking.slot.doctor_id,
            "starts_at": "2026-11-05T09:00:00Z",
            "ends_at": "2026-11-05T09:30:00Z",
            "bookable_from": "2026-11-02T09:00:00Z",
        },
    }


def test_slot_when_taken_again(booking: Appointment) -> None:
    message = release(booking)
    make.held(slot=booking.slot, now=NOW)

    hand_over(message, now=NOW)

    message.refresh_from_db()
    assert (handed(message), message.handed_at, message.body) == ([], NOW, "")


def test_slot_when_staff_put_it_off(booking: Appointment) -> None:
    message, later = release(booking), NOW + timedelta(hours=2)
    booking.slot.bookable_from = later
    booking.slot.save()

    hand_over(WebhookMessage.objects.get(pk=message.pk), now=NOW)
    message.refresh_from_db()
    assert (handed(message), message.due_at, message.handed_at) == ([], later, None)

    hand_over(message, now=later)
    assert handed(message) == ["HealthGate"]


def test_slot_when_withdrawn(booking: Appointment) -> None:
    message = release(booking)
    booking.slot.is_withdrawn = True
    booking.slot.save()

    assert hand_over(WebhookMessage.objects.get(pk=message.pk), now=NOW) == 0
    assert handed(message) == []
