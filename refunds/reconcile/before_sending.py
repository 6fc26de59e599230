"""After an old backup was restored: ask providers what became of everything that this database believes is still to be sent.

Keys protect a repeat for a day only; an older backup would pay again what was paid after it was made.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from refunds import operations
from refunds.gateways.base import RefundRequest
from refunds.gateways.registry import GATEWAYS
from refunds.models import AttemptState, RefundAttempt
from refunds.reconcile.nightly import LOOK_BACK, Report, reconcile_account

OPEN = (AttemptState.READY, AttemptState.SENT, AttemptState.UNKNOWN)


@dataclass
class Restored:
    """What was found. While anything is `unanswered`, no worker may start."""

    looked_up: int = 0
    adopted: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)


def reconcile_before_sending(*, now: datetime, look_back: timedelta = LOOK_BACK) -> Restored:
    """Look up every open try at its provider, then compare whole accounts. Safe to repeat; workers must not run meanwhile."""
    restored = Restored()
    open_attempts = RefundAttempt.objects.filter(channel__in=list(GATEWAYS), state__in=OPEN)
    for attempt in open_attempts.order_by("pk").iterator():
        restored.looked_up += 1
        try:
            facts = GATEWAYS[attempt.channel].find_refunds(RefundRequest.from_body(attempt.body))
        except Exception:  # noqa: BLE001 (whatever an adapter raises, it is no answer)
            restored.unanswered.append(attempt.key)
            continue
        for fact in facts:
            operations.apply_outcome(attempt_id=attempt.pk, fact=fact, now=now, actor="restore")
            restored.adopted.append(attempt.key)
    for name in GATEWAYS:
        try:
            restored.reports.append(reconcile_account(gateway=name, now=now, look_back=look_back))
        except Exception:  # noqa: BLE001 (the same)
            restored.unanswered.append(name)
    return restored
