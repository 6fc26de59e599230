"""Both ways, by night: every refund that the provider has is ours or was made outside, and every one that we believe in is there."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from refunds import operations, record
from refunds.gateways.account import ListsAccount, TellsDisputes
from refunds.gateways.base import Rejected
from refunds.gateways.news import TaggedRefund
from refunds.gateways.registry import gateway_named
from refunds.models import AttemptState, IncidentKind, Refund, RefundAttempt
from refunds.operations.outcome import reject_unsent
from refunds.reconcile.disputes import take_in_dispute
from refunds.reconcile.outside import book_outside

LOOK_BACK = timedelta(days=40)
"""Longer than a refund can still come back."""
EDGE = timedelta(days=2)
"""What was accepted so near the beginning of the list, or of now, may be missing from it without being missing."""
BELIEVED = (AttemptState.ACCEPTED, AttemptState.SUCCEEDED)
_OUR_TAG = re.compile(r"rf_([0-9a-f]{32})_\d+")


@dataclass
class Report:
    """What one night found at one provider: the provider's ids."""

    gateway: str
    ours: int = 0
    strangers: int = 0
    external: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    missing_there: list[str] = field(default_factory=list)
    disputes: int = 0


def reconcile_account(*, gateway: str, now: datetime, look_back: timedelta = LOOK_BACK) -> Report:
    """Compare `look_back` of one provider's account with ours. Safe to repeat; call it outside transactions.

    What is ours and differs goes through the one door of facts, which notes the difference. Raises what the provider raises: half a list
    proves nothing about what is missing.
    """
    provider = gateway_named(gateway)
    report = Report(gateway=gateway)
    since = now - look_back
    if isinstance(provider, ListsAccount):
        seen: set[str] = set()
        for found in provider.list_refunds(since=since):
            seen.add(found.fact.provider_id)
            _compare(gateway=gateway, found=found, report=report, now=now)
        _look_for_missing(gateway=gateway, seen=seen, since=since, report=report, now=now)
    if isinstance(provider, TellsDisputes):
        for fact in provider.list_disputes(since=since):
            report.disputes += take_in_dispute(gateway=gateway, fact=fact, now=now) is not None
    return report


def _compare(*, gateway: str, found: TaggedRefund, report: Report, now: datetime) -> None:
    """One refund of the provider's."""
    attempt = attempt_of(gateway=gateway, found=found)
    if attempt is not None:
        report.ours += 1
        operations.apply_outcome(attempt_id=attempt.pk, fact=found.fact, now=now, actor=f"reconciliation:{gateway}")
        return
    lost = _refund_of_lost_attempt(tag=found.tag)
    if lost is not None:
        report.lost.append(found.fact.provider_id)
        _keep_from_paying_again(refund=lost, found=found, now=now)
    elif book_outside(gateway=gateway, fact=found.fact, now=now) is not None:
        report.external.append(found.fact.provider_id)
    else:
        report.strangers += 1


def attempt_of(*, gateway: str, found: TaggedRefund) -> RefundAttempt | None:
    """The try that it belongs to: by our tag, else by the provider's id."""
    attempts = RefundAttempt.objects.filter(channel=gateway)
    by_tag = attempts.filter(key=found.tag).first() if found.tag else None
    return by_tag or attempts.filter(provider_id=found.fact.provider_id).first()


def _refund_of_lost_attempt(*, tag: str) -> Refund | None:
    """The refund whose try we made and do not know any more: an old backup was restored."""
    ours = _OUR_TAG.fullmatch(tag)
    return Refund.objects.filter(pk=UUID(ours[1])).first() if ours else None


def _keep_from_paying_again(*, refund: Refund, found: TaggedRefund, now: datetime) -> None:
    """Nothing more is sent by itself, and a person is told: the money may have gone back already."""
    if found.fact.state == "failed":
        return
    reject_unsent(refund_id=refund.pk, reason_code=IncidentKind.LOST_ATTEMPT.value, now=now, actor="reconciliation")
    record.note_incident(
        key=f"{IncidentKind.LOST_ATTEMPT}:{found.tag}",
        kind=IncidentKind.LOST_ATTEMPT,
        refund=refund,
        at=now,
        details={"tag": found.tag, "provider_id": found.fact.provider_id, "amount": found.fact.amount},
    )


def _look_for_missing(*, gateway: str, seen: set[str], since: datetime, report: Report, now: datetime) -> None:
    """What we believe in and the list does not hold is asked for by its id; only a clear no makes it missing."""
    believed = RefundAttempt.objects.filter(
        channel=gateway,
        state__in=BELIEVED,
        provider_id__isnull=False,
        first_sent_at__gt=since + EDGE,
        first_sent_at__lt=now - timedelta(hours=1),
    ).exclude(provider_id__in=seen)
    for attempt in believed.select_related("refund__payment").order_by("pk").iterator():
        try:
            gateway_named(gateway).fetch_refund(attempt.provider_id or "")
        except Rejected as no:
            report.missing_there.append(attempt.provider_id or "")
            record.note_incident(
                key=f"{IncidentKind.MISSING_THERE}:{attempt.key}",
                kind=IncidentKind.MISSING_THERE,
                refund=attempt.refund,
                at=now,
                details={"attempt": attempt.key, "provider_id": attempt.provider_id, "answer": no.reason_code},
            )
