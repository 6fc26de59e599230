"""Refunds that wait although their bank details are known, and who may end that.

Whoever releases one has made sure that the patient gave the details. That is somebody who had no hand in it: this app knows what was done with
the refund, and others say who else is concerned (who changed the patient's address, who asked for the refund).
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from refunds import locks
from refunds.bank import queries
from refunds.bank.errors import Concerned, NotOnHold
from refunds.errors import ReasonMissing
from refunds.models import HoldRelease, Refund

WhoIsConcerned = Callable[[Refund], frozenset[str]]
"""For one refund: the labels of those who may not release it, such as "staff:7"."""

_rules: list[WhoIsConcerned] = []


def concerned_by(rule: WhoIsConcerned) -> None:
    """Keep those whom `rule` names from releasing. Several rules add up; the same one counts once."""
    if rule not in _rules:
        _rules.append(rule)


def release_hold(*, refund_id: UUID, reason: str, actor: str, now: datetime) -> HoldRelease:
    """Let a refund on hold be paid; `reason` says how it was made sure. Released twice, the second changes nothing.

    Raises `ReasonMissing`, `NotOnHold`, and `Concerned` for somebody who had a hand in it.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        refund = locks.lock_refund(refund_id=refund_id)
        payee = queries.payee_of(refund=refund)
        done: HoldRelease | None = getattr(payee, "release", None)
        if done is not None:
            return done
        if payee is None or not queries.is_on_hold(payee=payee, now=now):
            raise NotOnHold
        if is_concerned(refund=refund, actor=actor):
            raise Concerned
        return HoldRelease.objects.create(payee=payee, released_by=actor, released_at=now, reason=reason.strip()[:500])


def is_concerned(*, refund: Refund, actor: str) -> bool:
    """Whether this person had a hand in the refund or in what led to it."""
    return refund.events.filter(actor=actor).exists() or any(actor in rule(refund) for rule in _rules)
