"""Sending again."""

from datetime import timedelta

import pytest

from appointments.models import Appointment, Channel, WebhookDelivery, WebhookEndpoint, WebhookMessage
from appointments.usecases.cancel import cancel_appointment
from appointments.webhooks_out import replay
from appointments.webhooks_out.endpoints import switch_off, switch_on
from appointments.webhooks_out.hand_over import hand_over
from appointments.webhooks_out.replay import replay_since, send_again
from tests import factories as make
from tests.factories import LONG_AGO, NOW

pytestmark = pytest.mark.django_db
State = WebhookDelivery.State


@pytest.fixture
def delivered(delivery: WebhookDelivery) -> WebhookDelivery:
    WebhookDelivery.objects.update(state=State.DELIVERED, delivered_at=NOW, tries=3)
    WebhookMessage.objects.update(handed_at=NOW)
    delivery.refresh_from_db()
    return delivery


def test_again_when_delivered(delivered: WebhookDelivery) -> None:
    assert send_again(delivery_id=delivered.pk, now=NOW)

    delivered.refresh_from_db()
    assert (delivered.state, delivered.tries, delivered.next_at) == (State.WAITING, 0, NOW)


def test_again_when_switched_off(delivered: WebhookDelivery, endpoint: WebhookEndpoint) -> None:
    switch_off(endpoint_id=endpoint.pk, reason=WebhookEndpoint.OffReason.BY_HAND, now=NOW)

    assert not send_again(delivery_id=delivered.pk, now=NOW)
    delivered.refresh_from_db()
    assert delivered.state == State.DELIVERED


def test_since_when_it_was_off(delivered: WebhookDelivery, endpoint: WebhookEndpoint, booking: Appointment) -> None:
    """What happened meanwhile was never handed to it, and comes now."""
    switch_off(endpoint_id=endpoint.pk, reason=WebhookEndpoint.OffReason.FAILING, now=NOW)
    cancel_appointment(appointment_id=booking.pk, actor=make.patient_of(booking), now=NOW)
    for message in WebhookMessage.objects.filter(handed_at__isnull=True):
        hand_over(message, now=NOW)
    assert replay_since(endpoint=WebhookEndpoint.objects.get(), since=NOW, now=NOW).queued == 0
    switch_on(endpoint_id=endpoint.pk)

    done = replay_since(endpoint=WebhookEndpoint.objects.get(), since=NOW, now=NOW)

    waiting = WebhookDelivery.objects.filter(state=State.WAITING).values_list("message__kind", flat=True)
    assert (done.queued, done.next_since, sorted(waiting)) == (2, None, ["appointment.cancelled", "slot.released"])


def test_since_when_more_than_at_once(
    delivered: WebhookDelivery, endpoint: WebhookEndpoint, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MOST_AT_ONCE", 1)
    later = LONG_AGO + timedelta(hours=1)
    WebhookMessage.objects.create(
        key="x", kind="refund.updated", subject="x", channel=channel, body="{}", at=later, due_at=later, handed_at=later
    )

    first = replay_since(endpoint=endpoint, since=LONG_AGO, now=NOW)
    second = replay_since(endpoint=endpoint, since=later, now=NOW)

    assert (first.queued, first.next_since, second.queued, second.next_since) == (1, later, 1, None)
    assert WebhookDelivery.objects.filter(state=State.WAITING).count() == 2


def test_since_when_the_key_is_narrower(delivered: WebhookDelivery, endpoint: WebhookEndpoint) -> None:
    assert replay_since(endpoint=endpoint, since=LONG_AGO, now=NOW, channel_ids=[]).queued == 0
    delivered.refresh_from_db()
    assert delivered.state == State.DELIVERED


def test_since_when_the_channel_was_taken_away(delivered: WebhookDelivery, endpoint: WebhookEndpoint) -> None:
    endpoint.partner.channels.clear()

    assert replay_since(endpoint=endpoint, since=LONG_AGO, now=NOW).queued == 0


def test_since_when_only_some_kinds_are_wanted(delivered: WebhookDelivery, endpoint: WebhookEndpoint) -> None:
    endpoint.kinds = ["refund.updated"]

    assert replay_since(endpoint=endpoint, since=LONG_AGO, now=NOW).queued == 0
