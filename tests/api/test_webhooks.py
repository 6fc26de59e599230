"""Webhooks over the API: what a partner sees of its addresses and deliveries, and sending again."""

from datetime import timedelta
from typing import Any

import pytest

from appointments.models import Channel, Partner, WebhookDelivery, WebhookEndpoint, WebhookMessage
from appointments.webhooks_out.endpoints import make_endpoint, switch_off
from tests.api.conftest import PartnerClient, client_of, partner_of
from tests.factories import LONG_AGO, NOW, ChannelFactory

DELIVERED = {"state": "delivered", "delivered_at": NOW, "tries": 2, "status": 204, "milliseconds": 31}


@pytest.fixture
def endpoint(partner: Partner) -> WebhookEndpoint:
    return make_endpoint(partner_id=partner.pk, url="https://hooks.healthgate.example/", now=LONG_AGO).endpoint


def delivered(endpoint: WebhookEndpoint, channel: Channel, *, at: Any = NOW, **fields: Any) -> WebhookDelivery:
    message = WebhookMessage.objects.create(
        key=f"{at} {channel.pk} {endpoint.pk}",
        kind="appointment.cancelled",
        subject="K7QP-3MHC",
        channel=channel,
        body="{}",
        at=at,
        due_at=at,
        handed_at=at,
    )
    return WebhookDelivery.objects.create(message=message, endpoint=endpoint, next_at=at, **(DELIVERED | fields))


def test_list_when_asked(client_api: PartnerClient, endpoint: WebhookEndpoint) -> None:
    make_endpoint(partner_id=partner_of(name="Other").pk, url="https://other.example/", now=NOW)

    assert client_api.read("webhooks/").json() == [
        {
            "id": endpoint.pk,
            "url": "https://hooks.healthgate.example/",
            "kinds": [
                "appointment.confirmed",
                "appointment.cancelled",
                "appointment.rescheduled",
                "slot.released",
                "refund.updated",
            ],
            "active": True,
            "off_reason": None,
            "failing_since": None,
        }
    ]


def test_deliveries_when_asked(client_api: PartnerClient, endpoint: WebhookEndpoint, channel: Channel) -> None:
    row = delivered(endpoint, channel)

    listed = client_api.read(f"webhooks/{endpoint.pk}/deliveries/").json()["results"]

    assert listed == [
        {
            "id": row.pk,
            "webhook_id": f"msg_{row.message_id.hex}",
            "kind": "appointment.cancelled",
            "subject": "K7QP-3MHC",
            "happened_at": "2026-11-02T09:00:00Z",
            "state": "delivered",
            "tries": 2,
            "next_try_at": None,
            "status": 204,
            "milliseconds": 31,
            "problem": "",
        }
    ]


def test_deliveries_when_narrowed(client_api: PartnerClient, endpoint: WebhookEndpoint, channel: Channel) -> None:
    delivered(endpoint, channel, at=NOW - timedelta(hours=1))
    dead = delivered(endpoint, channel, state="given_up", delivered_at=None)
    path = f"webhooks/{endpoint.pk}/deliveries/"

    for query in ({"since": NOW.isoformat()}, {"state": "given_up"}):
        assert [row["id"] for row in client_api.read(path, **query).json()["results"]] == [dead.pk]


def test_deliveries_when_the_key_is_narrower(partner: Partner, endpoint: WebhookEndpoint, channel: Channel) -> None:
    other = ChannelFactory.create()
    partner.channels.add(other)
    theirs = delivered(endpoint, other)
    narrow = client_of(partner, channel_id=channel.pk)

    assert narrow.read(f"webhooks/{endpoint.pk}/deliveries/").json()["results"] == []
    assert narrow.write(f"webhook-deliveries/{theirs.pk}/replay/", {}).status_code == 404


def test_webhooks_when_another_partners(endpoint: WebhookEndpoint, channel: Channel) -> None:
    """Even on the same channel: addresses and deliveries are each partner's own."""
    row, stranger = delivered(endpoint, channel), client_of(partner_of(channel, name="Stranger"))

    answers = [
        stranger.read(f"webhooks/{endpoint.pk}/deliveries/"),
        stranger.write(f"webhooks/{endpoint.pk}/replay/", {"since": LONG_AGO.isoformat()}),
        stranger.write(f"webhook-deliveries/{row.pk}/replay/", {}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    row.refresh_from_db()
    assert row.state == "delivered"


def test_replay_when_one(client_api: PartnerClient, endpoint: WebhookEndpoint, channel: Channel) -> None:
    row = delivered(endpoint, channel)

    answer = client_api.write(f"webhook-deliveries/{row.pk}/replay/", {})

    assert (answer.status_code, answer.json()["state"], answer.json()["tries"]) == (202, "waiting", 0)


def test_replay_when_since(client_api: PartnerClient, endpoint: WebhookEndpoint, channel: Channel) -> None:
    delivered(endpoint, channel, at=NOW - timedelta(seconds=1))
    again = delivered(endpoint, channel)

    answer = client_api.write(f"webhooks/{endpoint.pk}/replay/", {"since": NOW.isoformat()})

    assert (answer.status_code, answer.json()) == (202, {"queued": 1, "next_since": None})
    assert WebhookDelivery.objects.get(state="waiting") == again


@pytest.mark.parametrize("path", ["webhooks/{endpoint}/replay/", "webhook-deliveries/{delivery}/replay/"])
def test_replay_when_switched_off(
    client_api: PartnerClient, endpoint: WebhookEndpoint, channel: Channel, path: str
) -> None:
    row = delivered(endpoint, channel)
    switch_off(endpoint_id=endpoint.pk, reason=WebhookEndpoint.OffReason.GONE, now=NOW)
    body = {"since": NOW.isoformat()} if "endpoint" in path else {}

    answer = client_api.write(path.format(endpoint=endpoint.pk, delivery=row.pk), body)

    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_switched_off")
    row.refresh_from_db()
    assert row.state == "delivered"


def test_replay_when_the_key_only_reads(partner: Partner, endpoint: WebhookEndpoint, channel: Channel) -> None:
    row = delivered(endpoint, channel)

    answer = client_of(partner, may_write=False).write(f"webhook-deliveries/{row.pk}/replay/", {})

    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.state == "delivered"


def test_replay_when_without_a_moment(client_api: PartnerClient, endpoint: WebhookEndpoint) -> None:
    for body in ({}, {"since": "2026-11-02T09:00:00"}, {"since": NOW.isoformat(), "url": "https://evil.example/"}):
        assert client_api.write(f"webhooks/{endpoint.pk}/replay/", body).status_code == 400
