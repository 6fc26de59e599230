"""One deed an Idempotency-Key: the answer is stored in the transaction of the deed, so neither is ever without the other."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from appointments.models import StoredAnswer
from appointments.transactions import in_one_transaction

KEPT_FOR = timedelta(hours=48)
#: How long a request may work before another with the same key takes over; only a killed one takes that long.
LEASE = timedelta(seconds=30)
_SWEPT_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller is told: the HTTP status and the JSON body."""

    status: int
    body: dict[str, Any]


class RefusedDeedError(Exception):
    """The deed was refused: what it wrote is undone, and the answer is stored all the same."""

    def __init__(self, answer: Answer) -> None:
        """Keep what to tell."""
        super().__init__(answer.status)
        self.answer = answer


class StillRunningError(Exception):
    """Another request with this key is at work."""


class KeyReusedError(Exception):
    """The key came with another request before."""


def fingerprint(*, method: str, path: str, body: object) -> str:
    """Return what tells one request from another, however its JSON is laid out."""
    text = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def answer_once(*, whose: Mapping[str, int], key: str, asked: str, deed: Callable[[], Answer], now: datetime) -> Answer:
    """Do the deed once for this key and return its answer; a repeat gets the stored one.

    `whose` is the `partner_id` or the `account_id` that keeps the key, `asked` the request's fingerprint. The deed runs in one transaction with the answer, and starts anew after a deadlock.
    Raises StillRunningError or KeyReusedError; anything else the deed raises leaves the key free again.
    """
    row, claim = _claim(whose, key, asked, now)
    if row.status is not None and row.body is not None:
        return Answer(row.status, json.loads(row.body))
    try:
        return _carry_out(row.pk, claim, deed)
    except BaseException:
        StoredAnswer.objects.filter(pk=row.pk, claim=claim, status__isnull=True).delete()
        raise


@in_one_transaction
def _carry_out(row_id: int, claim: uuid.UUID, deed: Callable[[], Answer]) -> Answer:
    ours = StoredAnswer.objects.filter(pk=row_id, claim=claim, status__isnull=True)
    # The same value again: this holds the row until the end, so that nobody takes over a deed that is being done.
    if not ours.update(claim=claim):
        raise StillRunningError
    try:
        with transaction.atomic():
            answer = deed()
    except RefusedDeedError as refused:
        answer = refused.answer
    ours.update(status=answer.status, body=json.dumps(answer.body))
    return answer


def _claim(whose: Mapping[str, int], key: str, asked: str, now: datetime) -> tuple[StoredAnswer, uuid.UUID]:
    """Return the row of the key and our claim on it; a row with a status needs none."""
    forget_old_answers(now=now)
    claim = uuid.uuid4()
    row, is_new = StoredAnswer.objects.get_or_create(
        **whose,
        key=key,
        defaults={"fingerprint": asked, "claim": claim, "claimed_until": now + LEASE, "created_at": now},
    )
    if is_new:
        return row, claim
    if row.fingerprint != asked:
        raise KeyReusedError
    if row.status is None:
        free = StoredAnswer.objects.filter(pk=row.pk, claim=row.claim, status__isnull=True, claimed_until__lte=now)
        if not free.update(claim=claim, claimed_until=now + LEASE):
            raise StillRunningError
    return row, claim


def forget_old_answers(*, now: datetime) -> int:
    """Delete some of the answers that were kept long enough; return how many."""
    old = (
        StoredAnswer.objects.filter(created_at__lte=now - KEPT_FOR).order_by("created_at").values_list("pk", flat=True)
    )
    deleted, _ = StoredAnswer.objects.filter(pk__in=list(old[:_SWEPT_AT_ONCE])).delete()
    return deleted
