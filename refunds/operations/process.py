"""One refund's turn: write ahead, talk to the provider with no transaction open, take in the answer."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from refunds import breaker, locks, pacing, queries, record
from refunds.gateways.base import KeyReused, NotRun, RefundFact, RefundRequest, Rejected
from refunds.gateways.registry import GATEWAYS
from refunds.models import AttemptState, IncidentKind, Refund, RefundAttempt, RefundStatus
from refunds.operations.claim import Lease, release, still_held
from refunds.operations.outcome import (
    IN_FLIGHT,
    apply_outcome,
    apply_rejection,
    begin,
    fail_attempt,
    fail_refund,
    schedule_next,
)

_log = logging.getLogger(__name__)
_WORKER = "system:refund worker"


class Step(Enum):
    """What the attempt's state asks for."""

    SEND = "send"
    LOOK = "look"
    READ = "read"


@dataclass(frozen=True, kw_only=True)
class Work:
    """One refund's turn. `first`: no earlier send may have run."""

    lease: Lease
    attempt_id: int
    gateway: breaker.Watched
    request: RefundRequest
    provider_id: str
    step: Step
    first: bool

    @property
    def actor(self) -> str:
        """Who speaks in the history."""
        return f"gateway:{self.gateway.name}"


def process_refund(*, lease: Lease, now: datetime) -> None:
    """Bring one claimed refund a step further. Does nothing when the lease was lost.

    Call it outside transactions. An unexpected exception leaves the lease to run out, so that a poisoned row waits.
    """
    work = take(lease=lease, now=now)
    if work is not None:
        {Step.SEND: send, Step.LOOK: _look, Step.READ: _read}[work.step](work=work, now=now)
    release(lease=lease)


def take(*, lease: Lease, now: datetime) -> Work | None:
    """Decide the step under the lock and, before a first send, write it ahead. None: nothing to do, or the lease is lost."""
    with transaction.atomic(durable=True):
        refund = locks.lock_refund(refund_id=lease.refund_id)
        if not still_held(lease=lease):
            return None
        attempt = queries.current_attempt(refund=refund)
        gateway = GATEWAYS.get(attempt.channel)
        if attempt.state in (AttemptState.REJECTED, AttemptState.RETURNED):
            record.schedule(refund=refund, next_at=None)
            return None
        if gateway is None:  # money still waits there: keep asking for the adapter
            _log.error("No adapter serves %r, which refund %s needs", attempt.channel, refund.pk)
            record.schedule(refund=refund, next_at=now + pacing.LONGEST)
            return None
        if not breaker.may_call(gateway=gateway.name):
            return None
        if attempt.state == AttemptState.READY and _stopped(refund=refund, attempt=attempt):
            fail_attempt(refund=refund, attempt=attempt, reason_code="disputed", reason_text="", now=now, actor=_WORKER)
            return None
        step, first = Step.READ, False
        if attempt.state in IN_FLIGHT:
            step = Step.LOOK
        elif attempt.state == AttemptState.READY:
            step, first = Step.SEND, True
            _write_ahead(refund=refund, attempt=attempt, now=now)
        return Work(
            lease=lease,
            attempt_id=attempt.pk,
            gateway=breaker.Watched(gateway, now),
            request=RefundRequest.from_body(attempt.body),
            provider_id=attempt.provider_id or "",
            step=step,
            first=first,
        )


def send(*, work: Work, now: datetime) -> None:
    """Send under the stored key and take in the answer."""
    try:
        fact = work.gateway.create_refund(work.request)
    except Rejected as no:
        _rejected(work=work, no=no, now=now)
    except NotRun as not_run:
        _did_not_run(work=work, not_run=not_run, now=now)
    except KeyReused:
        _incident(work=work, kind=IncidentKind.KEY_REUSED, now=now)
        _still_unknown(work=work, now=now)
    except Exception as error:  # noqa: BLE001 (whatever an adapter raises, it may have run)
        _log.warning("No clear answer to %s: %r", work.request.key, error)
        _still_unknown(work=work, now=now)
    else:
        apply_outcome(attempt_id=work.attempt_id, fact=fact, now=now, actor=work.actor)


def _look(*, work: Work, now: datetime) -> None:
    """Sent before: search the provider for our tag, and send again only when it is not there and the key still protects us."""
    facts = _search(work=work, now=now)
    if facts is None:
        _still_unknown(work=work, now=now)
    elif facts:
        _adopt(work=work, facts=facts, now=now)
    elif _send_again(work=work, now=now):
        send(work=work, now=now)


def _read(*, work: Work, now: datetime) -> None:
    """Known to the provider: read it again."""
    try:
        fact = work.gateway.fetch_refund(work.provider_id)
    except Exception as error:  # noqa: BLE001 (no answer is no news)
        _no_news(work=work, error=error, now=now)
        _still_unknown(work=work, now=now)
    else:
        apply_outcome(attempt_id=work.attempt_id, fact=fact, now=now, actor=work.actor)


def _search(*, work: Work, now: datetime) -> tuple[RefundFact, ...] | None:
    """What the provider has under our tag; none when it gives no answer."""
    try:
        return work.gateway.find_refunds(work.request)
    except Exception as error:  # noqa: BLE001 (no answer is no news)
        _no_news(work=work, error=error, now=now)
        return None


def _adopt(*, work: Work, facts: tuple[RefundFact, ...], now: datetime) -> None:
    """Take the best of what was found as ours; any other becomes an incident."""
    rank = {"succeeded": 0, "pending": 1, "failed": 2}
    for fact in sorted(facts, key=lambda found: (found.provider_id != work.provider_id, rank[found.state])):
        apply_outcome(attempt_id=work.attempt_id, fact=fact, now=now, actor=work.actor)


def _rejected(*, work: Work, no: Rejected, now: datetime) -> None:
    """A no is certain only when the provider has nothing under our tag: an earlier send of ours may be what it objects to."""
    facts = _search(work=work, now=now)
    if facts is None:
        _still_unknown(work=work, now=now)
    elif facts:
        _adopt(work=work, facts=facts, now=now)
    else:
        apply_rejection(
            attempt_id=work.attempt_id,
            reason_code=no.reason_code,
            reason_text=no.reason_text,
            now=now,
            actor=work.actor,
        )


def _did_not_run(*, work: Work, not_run: NotRun, now: datetime) -> None:
    """This send never happened. Where it was the first, the key's lifetime has not begun either."""
    if not_run.alert:
        _incident(work=work, kind=IncidentKind.GATEWAY_REFUSED_US, now=now)
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=work.lease.refund_id)
        if work.first:
            RefundAttempt.objects.filter(pk=work.attempt_id).update(first_sent_at=None)
        record.schedule(refund=refund, next_at=now + not_run.retry_after)


def _no_news(*, work: Work, error: Exception, now: datetime) -> None:
    """Log it; a refused key is also for a person."""
    _log.warning("The provider gives no news of %s: %r", work.request.key, error)
    if isinstance(error, NotRun) and error.alert:
        _incident(work=work, kind=IncidentKind.GATEWAY_REFUSED_US, now=now)


def _still_unknown(*, work: Work, now: datetime) -> None:
    """No fact: what was sent is unknown, and a worker looks again later."""
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=work.lease.refund_id)
        attempt = refund.attempts.get(pk=work.attempt_id)
        if attempt.state == AttemptState.SENT:
            record.move_attempt(attempt=attempt, to=AttemptState.UNKNOWN)
        schedule_next(refund=refund, attempt=attempt, now=now)


def _send_again(*, work: Work, now: datetime) -> bool:
    """Write the next send ahead. False: the lease is lost, somebody told us meanwhile, or the key is too old to protect us."""
    with transaction.atomic(durable=True):
        refund = locks.lock_refund(refund_id=work.lease.refund_id)
        attempt = refund.attempts.get(pk=work.attempt_id)
        if not still_held(lease=work.lease) or attempt.state not in IN_FLIGHT:
            return False
        stopped = _stopped(refund=refund, attempt=attempt)
        too_old = _too_old(attempt=attempt, lifetime=work.gateway.key_lifetime)
        if refund.status == RefundStatus.FAILED or too_old or stopped:
            reason = "disputed" if stopped else "outcome_unknown"
            _give_up(refund=refund, attempt=attempt, reason_code=reason, now=now, actor=work.actor)
            return False
        _write_ahead(refund=refund, attempt=attempt, now=now)
    return True


def _give_up(*, refund: Refund, attempt: RefundAttempt, reason_code: str, now: datetime, actor: str) -> None:
    """Never send again; the try stays unknown and blocks any other, and a worker keeps looking for proof."""
    if attempt.state == AttemptState.SENT:
        record.move_attempt(attempt=attempt, to=AttemptState.UNKNOWN)
    if refund.status == RefundStatus.PROCESSING:
        fail_refund(refund=refund, reason_code=reason_code, reason_text="", now=now, actor=actor)
    schedule_next(refund=refund, attempt=attempt, now=now)


def _write_ahead(*, refund: Refund, attempt: RefundAttempt, now: datetime) -> None:
    """Put down that it is being sent, by the database's clock, before the network is touched."""
    if attempt.state == AttemptState.READY:
        begin(refund=refund, attempt=attempt, now=now, actor=_WORKER)
    elif attempt.state == AttemptState.UNKNOWN:
        record.move_attempt(attempt=attempt, to=AttemptState.SENT)
    RefundAttempt.objects.filter(pk=attempt.pk).update(
        first_sent_at=Coalesce("first_sent_at", Now()), last_sent_at=Now(), sends=F("sends") + 1
    )


def _stopped(*, refund: Refund, attempt: RefundAttempt) -> bool:
    """Whether the payer disputes the payment, so that no machine pays it back as well. A later try is a person's decision."""
    return attempt.number == 1 and queries.open_disputes().filter(payment=refund.payment_id).exists()


def _too_old(*, attempt: RefundAttempt, lifetime: timedelta) -> bool:
    """Whether the provider may have forgotten the key, by the database's clock."""
    return RefundAttempt.objects.filter(pk=attempt.pk, first_sent_at__lte=Now() - lifetime).exists()


def _incident(*, work: Work, kind: IncidentKind, now: datetime) -> None:
    """Tell a person, once a try."""
    record.note_incident(
        key=f"{kind}:{work.request.key}",
        kind=kind,
        refund=Refund.objects.get(pk=work.lease.refund_id),
        at=now,
        details={"attempt": work.request.key},
    )
