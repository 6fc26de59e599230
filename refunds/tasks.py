"""Thin tasks: each reads the clock and calls operations. Safe to run twice and at the same time."""

import itertools
import logging
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from celery import shared_task
from django.utils import timezone

from refunds import operations, queries, webhooks_inbox, webhooks_work
from refunds.gateways.registry import GATEWAYS
from refunds.reconcile import nightly, regular

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 200
"""Rows of the inbox and of the checkouts that one run takes; the next run comes within seconds."""
LONGEST_RUN = 20.0
"""Seconds after which a run begins nothing new. With a slow provider it still ends long before Celery's limit would kill it in the middle of a
call, and mails get their turn; with beat's ten seconds two runs overlap, so that a backlog never waits for beat."""

Row = TypeVar("Row")


@shared_task(name="refunds.process_due_refunds")
def process_due_refunds() -> None:
    """Work off what is due, one lease at a time so that none runs out while it waits."""
    for _ in _while_there_is_time(itertools.count()):
        leases = operations.claim_due(limit=1)
        if not leases:
            return
        for lease in leases:
            try:
                operations.process_refund(lease=lease, now=timezone.now())
            except Exception:  # noqa: BLE001 (one poisoned refund never blocks the next; its lease runs out)
                _log.exception("Refund %s could not be processed", lease.refund_id)


@shared_task(name="refunds.reconcile_stuck_refunds")
def reconcile_stuck_refunds() -> None:
    """Free what dead workers held, work off what is due, and look for payments that nobody came back from."""
    operations.release_expired_leases()
    process_due_refunds()
    keys = list(queries.checkouts_to_sweep(now=timezone.now()).values_list("pk", flat=True)[:MOST_AT_ONCE])
    for key in _while_there_is_time(keys):
        try:
            operations.capture_from_gateway(checkout_id=key, now=timezone.now())
        except Exception:  # noqa: BLE001 (one poisoned checkout never blocks the next)
            _log.exception("Checkout %s could not be swept", key)


@shared_task(name="refunds.work_off_webhooks")
def work_off_webhooks() -> None:
    """Take in what providers told us, one event at a time; one that cannot be taken in waits alone."""
    for key in _while_there_is_time(webhooks_inbox.due()[:MOST_AT_ONCE]):
        if webhooks_inbox.claim(key=key):
            webhooks_work.work_off(key=key, now=timezone.now())


@shared_task(name="refunds.reread_open_refunds")
def reread_open_refunds() -> None:
    """Every six hours: have all open refunds looked at, and tell about those that a provider sits on."""
    regular.reread_open_refunds(now=timezone.now())


@shared_task(name="refunds.reconcile_accounts")
def reconcile_accounts() -> None:
    """Every night: compare each provider's account with ours, both ways. One that gives no answer stops no other."""
    for name in GATEWAYS:
        try:
            report = nightly.reconcile_account(gateway=name, now=timezone.now())
        except Exception:  # noqa: BLE001 (the next night asks again)
            _log.exception("The account at %s could not be compared", name)
        else:
            _log.info("Compared with the account at %s: %s", name, report)


def _while_there_is_time(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, at least one of them, until the run has lasted long enough."""
    until = time.monotonic() + LONGEST_RUN
    for row in rows:
        yield row
        if time.monotonic() >= until:
            return
