"""Addresses and the delivery log in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from appointments.models import Channel, Partner, User, WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookTry
from appointments.webhooks_out.endpoints import make_endpoint
from tests.admin.desk import browser, member, messages_of
from tests.factories import LONG_AGO, NOW, ChannelFactory, UserFactory


@pytest.fixture
def channel(db: None) -> Channel:
    return ChannelFactory.create(name="HealthGate")


@pytest.fixture
def partner(channel: Channel) -> Partner:
    partner = Partner.objects.create(name="HealthGate")
    partner.channels.set([channel])
    return partner


@pytest.fixture
def endpoint(partner: Partner) -> WebhookEndpoint:
    return make_endpoint(partner_id=partner.pk, url="https://hooks.example.org/", now=LONG_AGO).endpoint


@pytest.fixture
def delivery(endpoint: WebhookEndpoint, channel: Channel) -> WebhookDelivery:
    message = WebhookMessage.objects.create(
        key="k", kind="appointment.cancelled", subject="K7QP-3MHC", channel=channel, body='{"a":1}', at=NOW, due_at=NOW
    )
    delivery = WebhookDelivery.objects.create(
        message=message, endpoint=endpoint, next_at=NOW, state="given_up", tries=11
    )
    WebhookTry.objects.create(delivery=delivery, at=NOW, status=500, milliseconds=31, answer="<b>oops</b>")
    return delivery


@pytest.fixture
def superuser(db: None) -> Client:
    return browser(UserFactory.create(is_staff=True, is_superuser=True))


def issuer(channel: Channel) -> User:
    user = member(channel.centre)
    wanted = ["issue_apikey", "view_partner", "view_webhookendpoint", "view_webhookdelivery"]
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return user


def endpoint_at(deed: str, *parts: object) -> str:
    return reverse(f"admin:appointments_webhookendpoint_{deed}", args=parts)


def delivery_at(deed: str, *parts: object) -> str:
    return reverse(f"admin:appointments_webhookdelivery_{deed}", args=parts)


def form(partner: Partner, **fields: Any) -> dict[str, Any]:
    return {"partner": partner.pk, "url": "https://hooks.example.org/in", "kinds": ["refund.updated"]} | fields


def test_endpoint_when_made(partner: Partner, superuser: Client) -> None:
    page = superuser.post(endpoint_at("add"), form(partner, contact="it@example.org"))

    endpoint = WebhookEndpoint.objects.get()
    (secret,) = page.context["secrets"].values()
    assert (endpoint.url, endpoint.kinds, endpoint.contact) == (
        "https://hooks.example.org/in",
        ["refund.updated"],
        "it@example.org",
    )
    assert (secret.startswith("whsec_"), secret in page.content.decode()) == (True, True)
    assert secret not in superuser.get(endpoint_at("change", endpoint.pk)).content.decode()


@pytest.mark.parametrize(
    "fields",
    [{"url": "https://10.0.0.1/"}, {"url": "http://hooks.example.org/"}, {"kinds": ["patient.born"]}, {"contact": "x"}],
)
def test_endpoint_when_it_cannot_be(partner: Partner, superuser: Client, fields: dict[str, Any]) -> None:
    page = superuser.post(endpoint_at("add"), form(partner, **fields))

    assert (page.status_code, bool(page.context["errors"])) == (200, True)
    assert WebhookEndpoint.objects.count() == 0


def test_endpoint_when_changed(endpoint: WebhookEndpoint, superuser: Client) -> None:
    sealed = endpoint.sealed_secret
    other = Partner.objects.create(name="Other")

    superuser.post(endpoint_at("change", endpoint.pk), form(other, contact="new@example.org", failures=9))

    endpoint.refresh_from_db()
    assert (endpoint.contact, endpoint.url, endpoint.failures) == ("new@example.org", "https://hooks.example.org/in", 0)
    assert (endpoint.partner.name, endpoint.sealed_secret) == ("HealthGate", sealed)


def test_endpoint_when_the_address_is_there_already(endpoint: WebhookEndpoint, superuser: Client) -> None:
    partner = endpoint.partner
    other = make_endpoint(partner_id=partner.pk, url="https://other.example.org/", now=NOW).endpoint

    added = superuser.post(endpoint_at("add"), form(partner, url=endpoint.url))
    changed = superuser.post(endpoint_at("change", other.pk), form(partner, url=endpoint.url))

    assert [(page.status_code, bool(page.context["errors"])) for page in (added, changed)] == [(200, True)] * 2
    other.refresh_from_db()
    assert (other.url, WebhookEndpoint.objects.count()) == ("https://other.example.org/", 2)


def test_endpoint_when_a_channel_is_of_another_centre(partner: Partner, channel: Channel) -> None:
    partner.channels.add(ChannelFactory.create())

    page = browser(issuer(channel)).post(endpoint_at("add"), form(partner))

    assert "channels that you may not see" in page.content.decode()
    assert WebhookEndpoint.objects.count() == 0


def test_endpoint_when_with_the_right(partner: Partner, channel: Channel) -> None:
    browser(issuer(channel)).post(endpoint_at("add"), form(partner))

    assert WebhookEndpoint.objects.get().partner == partner


@pytest.mark.parametrize("deed", ["secret", "switch"])
def test_endpoint_when_without_the_right(endpoint: WebhookEndpoint, channel: Channel, deed: str) -> None:
    before = WebhookEndpoint.objects.values().get()
    manager = browser(member(channel.centre, "centre manager"))

    assert manager.post(endpoint_at(deed, endpoint.pk)).status_code == 403
    assert manager.get(endpoint_at("add")).status_code == 403
    assert manager.get(endpoint_at("change", endpoint.pk)).status_code == 200
    assert WebhookEndpoint.objects.values().get() == before


@pytest.mark.parametrize("deed", ["secret", "switch"])
def test_endpoint_when_of_another_centre(endpoint: WebhookEndpoint, deed: str) -> None:
    before = WebhookEndpoint.objects.values().get()
    stranger = browser(issuer(ChannelFactory.create()))

    assert stranger.post(endpoint_at(deed, endpoint.pk)).status_code == 404
    assert WebhookEndpoint.objects.values().get() == before


@pytest.mark.parametrize(("sent", "old_is_kept"), [({}, True), ({"at_once": "on"}, False)])
def test_secret_when_replaced(
    endpoint: WebhookEndpoint, superuser: Client, sent: dict[str, str], *, old_is_kept: bool
) -> None:
    old = endpoint.sealed_secret

    superuser.post(endpoint_at("secret", endpoint.pk), sent)

    endpoint.refresh_from_db()
    assert (endpoint.sealed_secret != old, endpoint.sealed_old_secret == old) == (True, old_is_kept)


def test_switch_when_pressed_twice(endpoint: WebhookEndpoint, superuser: Client) -> None:
    superuser.post(endpoint_at("switch", endpoint.pk))
    endpoint.refresh_from_db()
    assert endpoint.off_reason == "by_hand"

    superuser.post(endpoint_at("switch", endpoint.pk))
    endpoint.refresh_from_db()
    assert (endpoint.switched_off_at, endpoint.off_reason) == (None, "")


@pytest.mark.parametrize("deed", ["secret", "switch"])
def test_endpoint_when_asked_by_a_link(endpoint: WebhookEndpoint, superuser: Client, deed: str) -> None:
    assert superuser.get(endpoint_at(deed, endpoint.pk)).status_code == 405


def test_log_when_read(delivery: WebhookDelivery, channel: Channel) -> None:
    client = browser(member(channel.centre, "centre manager"))

    listed = client.get(delivery_at("changelist") + "?state__exact=given_up").content.decode()
    page = client.get(delivery_at("change", delivery.pk)).content.decode()

    assert ("K7QP-3MHC" in listed, "Given up" in listed) == (True, True)
    assert ("&lt;b&gt;oops" in page, "{<br> &quot;a&quot;: 1<br>}" in page, "Send again" in page) == (True, True, True)


def test_log_when_of_another_centre(delivery: WebhookDelivery) -> None:
    stranger = browser(member(ChannelFactory.create().centre, "centre manager"))

    assert "K7QP-3MHC" not in stranger.get(delivery_at("changelist")).content.decode()
    assert stranger.post(delivery_at("again", delivery.pk)).status_code == 404
    delivery.refresh_from_db()
    assert delivery.state == "given_up"


def test_again_when_given_up(delivery: WebhookDelivery, channel: Channel) -> None:
    page = browser(member(channel.centre, "centre manager")).post(delivery_at("again", delivery.pk), follow=True)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, messages_of(page)) == ("waiting", 0, ["It will be sent again."])


def test_again_when_without_the_right(delivery: WebhookDelivery, channel: Channel) -> None:
    assert browser(issuer(channel)).post(delivery_at("again", delivery.pk)).status_code == 403
    delivery.refresh_from_db()
    assert delivery.state == "given_up"
