"""The only caller of transitions here: moves a status or a state and writes what history needs.

Every row handed in was locked and re-read by the caller.
"""

from datetime import datetime
from typing import Any

from django.db.models import F

from refunds.models import (
    AttemptState,
    Checkout,
    CheckoutState,
    Incident,
    IncidentKind,
    Payment,
    Refund,
    RefundAttempt,
    RefundEvent,
    RefundStatus,
)


def move_checkout(*, checkout: Checkout, to: CheckoutState) -> None:
    """End an ask for money. Raises `TransitionNotAllowed` for a step that does not exist."""
    {
        CheckoutState.PAID: checkout.mark_paid,
        CheckoutState.EXPIRED: checkout.mark_expired,
        CheckoutState.DECLINED: checkout.mark_declined,
    }[to]()
    checkout.save(update_fields=["state"])


def first_event(*, refund: Refund, at: datetime, actor: str) -> None:
    """The grant itself, as the first line of the history."""
    RefundEvent.objects.create(refund=refund, sequence=1, to_status=refund.status, at=at, actor=actor)


def move_refund(
    *,
    refund: Refund,
    to: RefundStatus,
    at: datetime,
    actor: str,
    note: str = "",
    reason_code: str = "",
    reason_text: str = "",
) -> None:
    """Move the status and write the event. A failure needs a `reason_code`. Raises `TransitionNotAllowed`."""
    before = refund.status
    {
        RefundStatus.PROCESSING: refund.take_up,
        RefundStatus.COMPLETED: refund.complete,
        RefundStatus.FAILED: refund.fail,
    }[to]()
    refund.settled_at = at if to == RefundStatus.COMPLETED else None
    refund.reason_code, refund.reason_text = reason_code, reason_text
    refund.save(update_fields=["status", "settled_at", "reason_code", "reason_text"])
    touch(refund=refund)
    last = refund.events.order_by("-sequence").values_list("sequence", flat=True)[0]
    RefundEvent.objects.create(
        refund=refund, sequence=last + 1, from_status=before, to_status=to, at=at, actor=actor, note=note
    )


def move_attempt(*, attempt: RefundAttempt, to: AttemptState) -> None:
    """Move the state of one try. Raises `TransitionNotAllowed`."""
    {
        AttemptState.SENT: attempt.mark_sent,
        AttemptState.UNKNOWN: attempt.mark_unknown,
        AttemptState.ACCEPTED: attempt.accept,
        AttemptState.SUCCEEDED: attempt.succeed,
        AttemptState.REJECTED: attempt.reject,
        AttemptState.RETURNED: attempt.come_back,
    }[to]()
    attempt.save(update_fields=["state"])


def schedule(*, refund: Refund, next_at: datetime | None) -> None:
    """When a worker looks again; none when there is nothing for a worker to do."""
    refund.next_at = next_at
    refund.save(update_fields=["next_at"])
    touch(refund=refund)


def touch(*, refund: Refund) -> None:
    """Count the change, so that a page with an older version can be told."""
    Refund.objects.filter(pk=refund.pk).update(version=F("version") + 1)


def note_incident(
    *,
    key: str,
    kind: IncidentKind,
    at: datetime,
    details: dict[str, Any],
    refund: Refund | None = None,
    payment: Payment | None = None,
    gateway: str = "",
) -> None:
    """Tell a surprise once. It is about a refund, else about a payment, else about a whole provider."""
    about = refund.payment if refund else payment
    Incident.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "refund": refund,
            "payment": about,
            "gateway": gateway or (about.gateway if about else ""),
            "at": at,
            "details": details,
        },
    )
