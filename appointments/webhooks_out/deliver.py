"""Send what waits: claim by compare-and-set, talk to the network outside any transaction, write down how it ended."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from appointments.models import WebhookDelivery, WebhookEndpoint, WebhookTry
from appointments.webhooks_out import pace
from appointments.webhooks_out.addresses import read_address
from appointments.webhooks_out.connection import Outcome, post
from appointments.webhooks_out.endpoints import switch_off
from appointments.webhooks_out.secrets import UnreadableSecretError, signature_headers

_GONE = 410
#: Rows looked at beyond the one wanted: other workers see the same ones first, and may be faster.
_SPARE = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one delivery until its lease runs out."""

    delivery_id: int
    token: uuid.UUID


def endpoints_with_work(*, now: datetime) -> list[int]:
    """Return the pks of the addresses for which something is due; each gets its turn, however much waits for one."""
    return list(_due(now).order_by("endpoint").values_list("endpoint", flat=True).distinct())


def claim_next(*, endpoint_id: int, now: datetime) -> Claim | None:
    """Claim what has been due longest for an address; None where nothing is, or others took it."""
    due = _due(now).filter(endpoint=endpoint_id).order_by("next_at", "pk")
    for pk in due.values_list("pk", flat=True)[:_SPARE]:
        token = uuid.uuid4()
        if _due(now).filter(pk=pk).update(claim=token, tries=F("tries") + 1, next_at=now + pace.LEASE):
            return Claim(pk, token)
    return None


def send(claim: Claim, *, now: datetime) -> bool:
    """Make one try. Returns whether the other side took it.

    Whoever dies between the answer and writing it down leaves the delivery to the next worker: it then comes twice,
    with the same webhook-id, by which receivers know it again.
    """
    delivery = WebhookDelivery.objects.select_related("message", "endpoint").get(pk=claim.delivery_id)
    outcome = _try(delivery, now=now)
    _write_down(delivery, claim, outcome, now=now)
    return outcome.is_taken


def _due(now: datetime) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(
        Q(endpoint__quiet_until__isnull=True) | Q(endpoint__quiet_until__lte=now),
        state=WebhookDelivery.State.WAITING,
        next_at__lte=now,
        endpoint__switched_off_at__isnull=True,
        endpoint__partner__is_active=True,
    )


def _try(delivery: WebhookDelivery, *, now: datetime) -> Outcome:
    endpoint, body = delivery.endpoint, delivery.message.body
    try:
        target = read_address(endpoint.url)
        signed = signature_headers(endpoint, message_id=delivery.message_id, body=body, now=now)
    except ValidationError as error:
        return Outcome(0, problem=error.messages[0][:250])
    except UnreadableSecretError:
        return Outcome(0, problem="the secret can no longer be read: make a new one")
    headers = {"Content-Type": "application/json", "User-Agent": "Fairslot-Webhooks/1", **signed}
    return post(target, body=body.encode(), headers=headers)


@transaction.atomic
def _write_down(delivery: WebhookDelivery, claim: Claim, outcome: Outcome, *, now: datetime) -> None:
    """Keep the try. It decides about the delivery only for as long as the claim holds."""
    WebhookTry.objects.create(
        delivery=delivery,
        at=now,
        status=outcome.status,
        milliseconds=outcome.milliseconds,
        answer=outcome.answer,
        problem=outcome.problem,
    )
    state, next_at = WebhookDelivery.State.DELIVERED, None
    if not outcome.is_taken:
        next_at = pace.next_try(tries=delivery.tries, delivery=delivery.pk, now=now, asked=outcome.retry_after)
        state = WebhookDelivery.State.WAITING if next_at else WebhookDelivery.State.GIVEN_UP
    WebhookDelivery.objects.filter(pk=delivery.pk, claim=claim.token).update(
        state=state,
        claim=None,
        next_at=next_at or now,
        status=outcome.status,
        milliseconds=outcome.milliseconds,
        problem=outcome.problem,
        delivered_at=now if outcome.is_taken else None,
    )
    _note_health(delivery.endpoint_id, outcome, now=now)


def _note_health(endpoint_id: int, outcome: Outcome, *, now: datetime) -> None:
    """Count failures in a row; leave the address alone for a while after a few, and switch it off after days."""
    endpoints = WebhookEndpoint.objects.filter(pk=endpoint_id)
    if outcome.is_taken:
        endpoints.filter(failures__gt=0).update(failures=0, failing_since=None, quiet_until=None)
        return
    endpoints.update(failures=F("failures") + 1, failing_since=Coalesce("failing_since", now))
    endpoint = endpoints.get()
    endpoints.update(quiet_until=pace.quiet_until(failures=endpoint.failures, now=now))
    if outcome.status == _GONE:
        switch_off(endpoint_id=endpoint_id, reason=WebhookEndpoint.OffReason.GONE, now=now)
    elif endpoint.failing_since and now - endpoint.failing_since >= pace.SWITCHED_OFF_AFTER:
        switch_off(endpoint_id=endpoint_id, reason=WebhookEndpoint.OffReason.FAILING, now=now)
