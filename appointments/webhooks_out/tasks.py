"""Thin tasks: each reads the clock and works off rows. Safe to run twice and at the same time."""

import logging
import time

from celery import shared_task
from django.utils import timezone

from appointments.webhooks_out import deliver, hand_over, refund_news, upkeep

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 500
#: Seconds after which a run begins nothing new; beat starts the next within ten.
LONGEST_RUN = 20.0


@shared_task(name="appointments.deliver_webhooks")
def deliver_webhooks() -> None:
    """Read the refunds' news, hand over what is due, and send: one to each address in turn until all is sent."""
    until = time.monotonic() + LONGEST_RUN
    try:
        refund_news.note_refunds(now=timezone.now())
    except Exception:  # noqa: BLE001 (what waits already is sent all the same)
        _log.exception("The refunds' history could not be read")
    for message in hand_over.due_messages(now=timezone.now(), limit=MOST_AT_ONCE):
        try:
            hand_over.hand_over(message, now=timezone.now())
        except Exception:  # noqa: BLE001 (one poisoned message never blocks the next)
            _log.exception("Webhook %s could not be handed over", message.pk)
    while _send_round(until):
        pass


@shared_task(name="appointments.keep_up_webhooks")
def keep_up_webhooks() -> None:
    """Tell contacts of addresses that were switched off, and delete what was kept long enough."""
    upkeep.tell_contacts(now=timezone.now())
    upkeep.forget_old_messages(now=timezone.now())


def _send_round(until: float) -> bool:
    """Send one to each address for which something is due. Returns whether there was one and time is left."""
    sent = False
    for endpoint_id in deliver.endpoints_with_work(now=timezone.now()):
        if time.monotonic() >= until:
            return False
        now = timezone.now()
        claim = deliver.claim_next(endpoint_id=endpoint_id, now=now)
        if claim is None:
            continue
        sent = True
        try:
            deliver.send(claim, now=now)
        except Exception:  # noqa: BLE001 (one poisoned delivery never blocks the next; its lease runs out)
            _log.exception("Webhook delivery %s could not be sent", claim.delivery_id)
    return sent
