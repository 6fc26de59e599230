"""A partner with a channel of its own, and a client that shows the partner's key."""

import itertools
from typing import Any

import pytest
from django.test import Client

from appointments.models import Channel, Partner
from appointments.partners.keys import issue_key
from tests.factories import NOW, ChannelFactory

_numbers = itertools.count(1)


class ApiClient(Client):
    """Calls with one key or token at the moment of the test."""

    def __init__(self, authorization: str) -> None:
        super().__init__(headers={"authorization": authorization})

    def write(self, path: str, body: Any, *, key: str | None = None, **more: Any) -> Any:
        """Post JSON under an Idempotency-Key, a new one unless given."""
        headers = {"idempotency-key": key or f"deed-{next(_numbers)}"}
        return self.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers, **more)

    def read(self, path: str, **query: Any) -> Any:
        """Get JSON."""
        return self.get(f"/api/v1/{path}", query)


class PartnerClient(ApiClient):
    """Calls as one partner."""

    def __init__(self, secret: str) -> None:
        super().__init__(f"Api-Key {secret}")
        self.secret = secret


def partner_of(*channels: Channel, name: str | None = None, **fields: Any) -> Partner:
    """Return a partner with these channels."""
    partner = Partner.objects.create(name=name or f"Platform {next(_numbers)}", **fields)
    partner.channels.set(channels)
    return partner


def client_of(partner: Partner, **limits: Any) -> PartnerClient:
    """Return a client with a new key of this partner."""
    return PartnerClient(issue_key(partner_id=partner.pk, now=NOW, **limits).secret)


@pytest.fixture
def channel(db: None) -> Channel:
    """A platform's channel: patients cancel at the platform's own entrance, 24 hours ahead, for a fee of 10."""
    return ChannelFactory.create(
        self_service=False, entrance_text="in the app", deadline_hours=24, handling_fee=1000, name="HealthGate"
    )


@pytest.fixture
def partner(channel: Channel) -> Partner:
    return partner_of(channel, name="HealthGate")


@pytest.fixture
def client_api(partner: Partner) -> PartnerClient:
    return client_of(partner)
