"""Tries: what is sent, what is written down, and who may."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import override_settings
from standardwebhooks import Webhook, WebhookVerificationError

from appointments.models import WebhookDelivery, WebhookEndpoint, WebhookTry
from appointments.webhooks_out import deliver, pace
from appointments.webhooks_out.deliver import claim_next, endpoints_with_work, send
from appointments.webhooks_out.endpoints import NewSecret, replace_secret
from tests.appointments.webhooks_out.receiver import Receiver
from tests.factories import NOW

pytestmark = pytest.mark.django_db
State = WebhookDelivery.State


def deliver_at(moment: datetime, endpoint: WebhookEndpoint) -> bool:
    claim = claim_next(endpoint_id=endpoint.pk, now=moment)
    assert claim is not None
    return send(claim, now=moment)


def verified(secret: str, receiver: Receiver) -> Any:
    sent = receiver.got[-1]
    with time_machine.travel(NOW, tick=False):
        return Webhook(secret).verify(sent.body, sent.headers)


def test_delivery_when_taken(delivery: WebhookDelivery, made: NewSecret, receiver: Receiver) -> None:
    assert deliver_at(NOW, made.endpoint)

    (sent,) = receiver.got
    assert verified(made.secret, receiver)["type"] == "appointment.confirmed"
    assert (sent.headers["webhook-id"], sent.headers["content-type"]) == (
        f"msg_{delivery.message_id.hex}",
        "application/json",
    )
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status, delivery.delivered_at, delivery.claim) == (State.DELIVERED, 204, NOW, None)
    assert endpoints_with_work(now=NOW + timedelta(days=1)) == []


@pytest.mark.parametrize("status", [301, 400, 404, 500])
def test_delivery_when_not_taken(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver, status: int
) -> None:
    receiver.status, receiver.answer = status, b"no"

    assert not deliver_at(NOW, endpoint)

    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert (delivery.state, delivery.status, delivery.tries) == (State.WAITING, status, 1)
    assert delivery.next_at == pace.next_try(tries=1, delivery=delivery.pk, now=NOW)
    assert (endpoint.failures, endpoint.failing_since) == (1, NOW)
    log = WebhookTry.objects.get()
    assert (log.status, log.answer, log.at) == (status, "no", NOW)


def test_delivery_when_asked_to_wait(delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.status, receiver.extra = 429, {"Retry-After": "600"}

    deliver_at(NOW, endpoint)

    delivery.refresh_from_db()
    assert delivery.next_at == NOW + timedelta(minutes=10)


def test_delivery_when_the_last_try_fails(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    receiver.status = 500
    WebhookDelivery.objects.update(tries=pace.MOST_TRIES - 1)

    deliver_at(NOW, endpoint)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (State.GIVEN_UP, pace.MOST_TRIES)


def test_delivery_when_all_tries_fail(delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    """From the first to the last: three days."""
    receiver.status, moment = 500, NOW
    while delivery.state == State.WAITING:
        endpoint.refresh_from_db()
        moment = max(delivery.next_at, endpoint.quiet_until or moment, moment)
        deliver_at(moment, endpoint)
        delivery.refresh_from_db()

    assert timedelta(days=2, hours=20) < moment - NOW < timedelta(days=3, hours=8)
    assert WebhookTry.objects.count() == len(receiver.got)


def test_claim_when_taken_by_somebody(delivery: WebhookDelivery, endpoint: WebhookEndpoint) -> None:
    assert claim_next(endpoint_id=endpoint.pk, now=NOW) is not None
    assert claim_next(endpoint_id=endpoint.pk, now=NOW) is None


def test_claim_when_its_worker_died(
    delivery: WebhookDelivery, made: NewSecret, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the answer: it comes again, under the same id, and is written down once."""
    with monkeypatch.context() as patch:
        patch.setattr(deliver, "_write_down", lambda *_args, **_more: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            deliver_at(NOW, made.endpoint)
    assert claim_next(endpoint_id=made.endpoint.pk, now=NOW + pace.LEASE - timedelta(seconds=1)) is None

    assert deliver_at(NOW + pace.LEASE, made.endpoint)

    assert len({sent.headers["webhook-id"] for sent in receiver.got}) == 1
    assert len({sent.body for sent in receiver.got}) == 1
    assert (len(receiver.got), WebhookTry.objects.count()) == (2, 1)


def test_outcome_when_the_claim_was_lost(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    """A slow worker's failure does not undo what the next one achieved."""
    slow = claim_next(endpoint_id=endpoint.pk, now=NOW)
    assert slow is not None
    deliver_at(NOW + pace.LEASE, endpoint)
    receiver.status = 500

    send(slow, now=NOW + pace.LEASE)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.status) == (State.DELIVERED, 204)


def test_endpoint_when_it_fails_again_and_again(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    receiver.status, moment = 500, NOW
    for _ in range(pace.PATIENCE):
        deliver_at(moment, endpoint)
        delivery.refresh_from_db()
        last, moment = moment, delivery.next_at
    WebhookDelivery.objects.update(next_at=NOW)

    assert endpoints_with_work(now=last + timedelta(seconds=29)) == []
    receiver.status = 204
    assert deliver_at(last + timedelta(seconds=30), endpoint)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since, endpoint.quiet_until) == (0, None, None)


def test_endpoint_when_it_failed_for_days(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    receiver.status = 500
    WebhookEndpoint.objects.update(failures=9, failing_since=NOW - timedelta(days=3))

    deliver_at(NOW, endpoint)

    endpoint.refresh_from_db()
    delivery.refresh_from_db()
    assert (endpoint.switched_off_at, endpoint.off_reason, endpoint.contact_due_at) == (NOW, "failing", NOW)
    assert delivery.state == State.GIVEN_UP


def test_endpoint_when_it_failed_almost_for_days(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    receiver.status = 500
    WebhookEndpoint.objects.update(failures=9, failing_since=NOW - timedelta(days=3) + timedelta(seconds=1))

    deliver_at(NOW, endpoint)

    endpoint.refresh_from_db()
    assert endpoint.switched_off_at is None


def test_endpoint_when_gone(delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.status = 410

    deliver_at(NOW, endpoint)

    endpoint.refresh_from_db()
    assert (endpoint.off_reason, endpoints_with_work(now=NOW)) == ("gone", [])


def test_endpoint_when_its_partner_is_switched_off(delivery: WebhookDelivery, endpoint: WebhookEndpoint) -> None:
    endpoint.partner.is_active = False
    endpoint.partner.save()

    assert endpoints_with_work(now=NOW) == []


def test_secret_when_replaced(delivery: WebhookDelivery, made: NewSecret, receiver: Receiver) -> None:
    """For a day both sign."""
    new = replace_secret(endpoint_id=made.endpoint.pk, now=NOW)

    deliver_at(NOW, made.endpoint)

    assert len(receiver.got[0].headers["webhook-signature"].split()) == 2
    assert verified(made.secret, receiver) == verified(new.secret, receiver)


@pytest.mark.parametrize(("at_once", "after"), [(False, timedelta(days=1)), (True, timedelta())])
def test_secret_when_the_old_one_ended(
    delivery: WebhookDelivery, made: NewSecret, receiver: Receiver, *, at_once: bool, after: timedelta
) -> None:
    new = replace_secret(endpoint_id=made.endpoint.pk, now=NOW - after, at_once=at_once)

    deliver_at(NOW, made.endpoint)

    assert verified(new.secret, receiver)
    with pytest.raises(WebhookVerificationError):
        verified(made.secret, receiver)


def test_secret_when_the_installation_has_another_key(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    with override_settings(SECRET_KEY="another" * 10):
        assert not deliver_at(NOW, endpoint)

    delivery.refresh_from_db()
    assert (delivery.problem, receiver.got) == ("the secret can no longer be read: make a new one", [])


def test_secret_when_the_key_was_rotated(delivery: WebhookDelivery, endpoint: WebhookEndpoint, settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]

    assert deliver_at(NOW, endpoint)


def test_secret_when_stored(made: NewSecret) -> None:
    row = WebhookEndpoint.objects.values().get()

    assert made.secret.startswith("whsec_")
    assert all(made.secret.removeprefix("whsec_") not in str(value) for value in row.values())


def test_target_when_it_leads_inside(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver, settings: Any
) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = []

    assert not deliver_at(NOW, endpoint)

    delivery.refresh_from_db()
    assert (delivery.problem, receiver.got) == ("refused: 127.0.0.1 is not public", [])
