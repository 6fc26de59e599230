"""A partner with an address on this machine, and the server that listens there."""

from collections.abc import Iterator
from typing import Any

import pytest

from appointments.models import Appointment, Channel, Partner, WebhookDelivery, WebhookEndpoint, WebhookMessage
from appointments.webhooks_out.endpoints import NewSecret, make_endpoint
from tests.appointments.webhooks_out.receiver import Receiver
from tests.factories import LONG_AGO, ChannelFactory, SlotFactory, booked


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """Plain HTTP on this machine, which is allowed here as in the demonstration."""
    settings.WEBHOOK_PRIVATE_NETWORKS, settings.WEBHOOK_PLAIN_HTTP = ["127.0.0.0/8"], True
    with Receiver() as server:
        yield server


@pytest.fixture
def channel(db: None) -> Channel:
    return ChannelFactory.create(name="HealthGate")


@pytest.fixture
def partner(channel: Channel) -> Partner:
    partner = Partner.objects.create(name="HealthGate")
    partner.channels.set([channel])
    return partner


@pytest.fixture
def made(partner: Partner, receiver: Receiver) -> NewSecret:
    return make_endpoint(partner_id=partner.pk, url=receiver.url, now=LONG_AGO, contact="it@healthgate.example")


@pytest.fixture
def endpoint(made: NewSecret) -> WebhookEndpoint:
    return made.endpoint


@pytest.fixture
def booking(endpoint: WebhookEndpoint, channel: Channel) -> Appointment:
    """Booked and confirmed long ago, with somebody listening."""
    return booked(channel=channel, slot=SlotFactory.create(doctor__centre=channel.centre))


@pytest.fixture
def delivery(booking: Appointment, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Of the confirmation, due at once."""
    message = WebhookMessage.objects.get()
    return WebhookDelivery.objects.create(message=message, endpoint=endpoint, next_at=LONG_AGO)
