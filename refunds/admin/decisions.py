"""What a person at the desk can decide: each is one form, one permission and one call of an operation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from refunds import operations, queries
from refunds.bank import queries as bank_queries
from refunds.bank.holds import release_hold
from refunds.errors import WayNotPossible
from refunds.models import BY_HAND, AttemptState, Refund, RefundStatus, Way

Asks = Literal["nothing", "receipt", "way", "reason"]


class Deed(Protocol):
    """One call of an operation with what the form says."""

    def __call__(self, *, refund_id: UUID, form: Mapping[str, str], actor: str, now: datetime) -> Refund:
        """Raises `RefundError`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One form on the desk's page."""

    name: str
    label: str | Promise
    permission: str
    asks: Asks
    do: Deed

    @property
    def ways(self) -> list[Way]:
        """What can be chosen where the form asks for a way."""
        return [Way.CASH, Way.BANK_TRANSFER, Way.CREDIT, Way.ORIGINAL] if self.asks == "way" else []


def _confirm(*, refund_id: UUID, form: Mapping[str, str], actor: str, now: datetime) -> Refund:
    """Paid by hand, with a receipt."""
    return operations.confirm_by_hand(refund_id=refund_id, actor=actor, evidence=form.get("receipt", ""), now=now)


def _retry(
    *,
    refund_id: UUID,
    form: Mapping[str, str],
    actor: str,
    now: datetime,
) -> Refund:
    """The same way once more."""
    return operations.retry(refund_id=refund_id, actor=actor, now=now)


def _another_way(*, refund_id: UUID, form: Mapping[str, str], actor: str, now: datetime) -> Refund:
    """Another way."""
    if form.get("way") not in Way.values:
        raise WayNotPossible
    return operations.pay_another_way(refund_id=refund_id, way=Way(form["way"]), actor=actor, now=now)


def _resolve(*, refund_id: UUID, form: Mapping[str, str], actor: str, now: datetime) -> Refund:
    """Ask the provider once more."""
    return operations.resolve_unknown(refund_id=refund_id, reason=form.get("reason", ""), actor=actor, now=now)


def _give_up(*, refund_id: UUID, form: Mapping[str, str], actor: str, now: datetime) -> Refund:
    """It cannot be paid this way."""
    reason = form.get("reason", "").strip()
    return operations.mark_failed(
        refund_id=refund_id, reason_code="by_hand" if reason else "", reason_text=reason, actor=actor, now=now
    )


def _returned(*, refund_id: UUID, form: Mapping[str, str], actor: str, now: datetime) -> Refund:
    """The bank sent it back."""
    return operations.mark_returned(refund_id=refund_id, reason_text=form.get("reason", ""), actor=actor, now=now)


def _release(*, refund_id: UUID, form: Mapping[str, str], actor: str, now: datetime) -> Refund:
    """The patient was asked: the details are theirs."""
    return release_hold(refund_id=refund_id, reason=form.get("reason", ""), actor=actor, now=now).payee.refund


_CONFIRM = "refunds.confirm_refund"
_RETRY = "refunds.retry_refund"

DECISIONS: dict[str, Decision] = {
    decision.name: decision
    for decision in (
        Decision(name="confirm", label=_("Confirm as paid"), permission=_CONFIRM, asks="receipt", do=_confirm),
        Decision(name="give_up", label=_("Mark as failed"), permission=_CONFIRM, asks="reason", do=_give_up),
        Decision(name="returned", label=_("Record a return"), permission=_CONFIRM, asks="reason", do=_returned),
        Decision(
            name="release", label=_("Release the hold"), permission="refunds.release_hold", asks="reason", do=_release
        ),
        Decision(name="retry", label=_("Try again"), permission=_RETRY, asks="nothing", do=_retry),
        Decision(name="another_way", label=_("Pay another way"), permission=_RETRY, asks="way", do=_another_way),
        Decision(name="resolve", label=_("Ask the provider again"), permission=_RETRY, asks="reason", do=_resolve),
    )
}


def offered(*, refund: Refund, now: datetime) -> list[Decision]:
    """What makes sense for the refund as it stands. Operations check again under the lock."""
    attempt = queries.current_attempt(refund=refund)
    by_hand = attempt.channel in BY_HAND
    payee = bank_queries.payee_of(refund=refund)
    on_hold = payee is not None and bank_queries.is_on_hold(payee=payee, now=now)
    closed = attempt.state in (AttemptState.REJECTED, AttemptState.RETURNED)
    fits: dict[str, Callable[[], bool]] = {
        "confirm": lambda: by_hand and attempt.state == AttemptState.READY,
        "release": lambda: on_hold and attempt.state == AttemptState.READY,
        "give_up": lambda: attempt.state == AttemptState.READY,
        "returned": lambda: by_hand and attempt.state == AttemptState.SUCCEEDED,
        "retry": lambda: closed,
        "another_way": lambda: closed,
        "resolve": lambda: refund.status == RefundStatus.FAILED and attempt.state == AttemptState.UNKNOWN,
    }
    return [decision for name, decision in DECISIONS.items() if fits[name]()]
