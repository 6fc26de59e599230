"""Retention, and telling contacts."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from appointments.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookTry
from appointments.webhooks_out.endpoints import switch_off, switch_on
from appointments.webhooks_out.upkeep import KEPT_FOR, forget_old_messages, tell_contacts
from tests.factories import LONG_AGO, NOW

pytestmark = pytest.mark.django_db


def test_messages_when_old(delivery: WebhookDelivery) -> None:
    WebhookDelivery.objects.update(state="given_up")
    WebhookMessage.objects.update(handed_at=LONG_AGO)
    WebhookTry.objects.create(delivery=delivery, at=NOW, milliseconds=5)

    assert forget_old_messages(now=LONG_AGO + KEPT_FOR - timedelta(seconds=1)) == 0
    assert forget_old_messages(now=LONG_AGO + KEPT_FOR) == 1
    assert [model.objects.count() for model in (WebhookMessage, WebhookDelivery, WebhookTry)] == [0, 0, 0]


def test_messages_when_still_to_be_sent(delivery: WebhookDelivery) -> None:
    WebhookMessage.objects.update(handed_at=LONG_AGO)

    assert forget_old_messages(now=NOW + KEPT_FOR) == 0
    assert WebhookMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("reason", "words"),
    [("failing", "has taken no webhook for 3 days"), ("gone", "answered 410 (gone)")],
)
def test_contact_when_switched_off(endpoint: WebhookEndpoint, reason: str, words: str) -> None:
    switch_off(endpoint_id=endpoint.pk, reason=WebhookEndpoint.OffReason(reason), now=NOW)

    assert [tell_contacts(now=NOW), tell_contacts(now=NOW + timedelta(days=1))] == [1, 0]
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["it@healthgate.example"], "Webhooks to you were switched off")
    assert f"your address {endpoint.url} {words}" in letter.body


def test_contact_when_switched_off_by_hand(endpoint: WebhookEndpoint) -> None:
    switch_off(endpoint_id=endpoint.pk, reason=WebhookEndpoint.OffReason.BY_HAND, now=NOW)

    assert (tell_contacts(now=NOW), mail.outbox) == (0, [])


def test_contact_when_switched_on_before(endpoint: WebhookEndpoint) -> None:
    switch_off(endpoint_id=endpoint.pk, reason=WebhookEndpoint.OffReason.GONE, now=NOW)
    switch_on(endpoint_id=endpoint.pk)

    assert (tell_contacts(now=NOW), mail.outbox) == (0, [])


def test_contact_when_there_is_none(endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.update(contact="")
    switch_off(endpoint_id=endpoint.pk, reason=WebhookEndpoint.OffReason.GONE, now=NOW)

    assert (tell_contacts(now=NOW), mail.outbox) == (0, [])
    endpoint.refresh_from_db()
    assert endpoint.contact_due_at is None


def test_contact_when_the_mail_server_refuses(endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    switch_off(endpoint_id=endpoint.pk, reason=WebhookEndpoint.OffReason.GONE, now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", lambda _mail: (_ for _ in ()).throw(OSError("refused")))
        assert tell_contacts(now=NOW) == 0

    later = NOW + timedelta(minutes=10)
    assert [tell_contacts(now=later - timedelta(seconds=1)), tell_contacts(now=later), len(mail.outbox)] == [0, 1, 1]
