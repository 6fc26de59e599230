"""Stripe's answers in our words: states, reasons, methods, amounts.

Its SDK hides what matters (a 409 arrives without its code), so the HTTP status and the error object of the body decide.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from refunds.gateways.answers import Refusal, meaning_of, reading
from refunds.gateways.base import CaptureFact, DisputeFact, DisputeFactState, RefundFact, RefundFactState
from refunds.gateways.minor_units import STRIPE_PLACES, from_provider, to_provider
from refunds.gateways.news import REFUND_TAG, TaggedRefund

MISSING = "resource_missing"
NO_CHARGE = "payment_intent_unexpected_state"

STATES: dict[str, RefundFactState] = {
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}
REASONS = {
    MISSING: "no_such_payment",
    NO_CHARGE: "not_captured",
    "charge_already_refunded": "above_the_charge",
    "charge_disputed": "disputed",
    "balance_insufficient": "low_balance",
    "insufficient_funds": "low_balance",
    "expired_or_canceled_card": "closed_card",
    "lost_or_stolen_card": "closed_card",
    "charge_for_pending_refund_disputed": "disputed",
}
DISPUTES: dict[str, DisputeFactState] = {
    "warning_needs_response": "open",
    "warning_under_review": "open",
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "warning_closed": "won",
    "prevented": "won",
    "lost": "lost",
}
METHODS = {"card": "card", "upi": "upi", "alipay": "wallet", "wechat_pay": "wallet", "paypal": "wallet"}


@contextmanager
def sdk_answers() -> Iterator[None]:
    """Turn what the SDK raises, and nonsense, into the words of `base`."""
    try:
        with reading():
            yield
    except stripe.StripeError as error:
        raise meaning_of(_refusal(error)) from error


def _refusal(error: stripe.StripeError) -> Refusal:
    """The HTTP status and the error object of the body."""
    body: Any = error.json_body
    told = body.get("error") if isinstance(body, dict) else None
    told = told if isinstance(told, dict) else {}
    text, code = str(told.get("message") or ""), str(told.get("code") or "")
    too_much = "greater than unrefunded amount" in text
    return Refusal(
        status=429 if code == "rate_limit" else error.http_status,
        in_words=bool(told),
        key_reused=told.get("type") == "idempotency_error" and error.http_status == 400,
        reason_code="above_the_charge" if too_much else REASONS.get(code, "declined"),
        reason_text=text,
    )


def refund_in(refund: dict[str, Any]) -> TaggedRefund:
    """A refund in our words. Raises `Unknown` for nonsense."""
    with reading():
        currency = refund["currency"].upper()
        details = refund.get("destination_details") or {}
        card = details.get(details.get("type") or "") or {}
        failure = refund.get("failure_reason")
        fact = RefundFact(
            provider_id=refund["id"],
            state=STATES[refund["status"]],
            amount=_ours(refund["amount"], currency),
            currency=currency,
            payment_provider_id=refund["payment_intent"],
            reference=card.get("reference") or "",
            reason=REASONS.get(failure, "declined") if failure else "",
        )
        return TaggedRefund(tag=(refund.get("metadata") or {}).get(REFUND_TAG, ""), fact=fact)


def cancelled_in(intent: dict[str, Any]) -> TaggedRefund:
    """A cancelled authorization as the refund that it stands for."""
    with reading():
        currency = intent["currency"].upper()
        fact = RefundFact(
            provider_id=intent["id"],
            state="succeeded" if intent["status"] == "canceled" else "pending",
            amount=_ours(intent["amount"], currency),
            currency=currency,
            payment_provider_id=intent["id"],
        )
        return TaggedRefund(tag=intent["metadata"].get(REFUND_TAG, ""), fact=fact)


def capture_in(intent: dict[str, Any]) -> CaptureFact | None:
    """What was captured; none while nothing was."""
    with reading():
        if intent["status"] != "succeeded":
            return None
        currency = intent["currency"].upper()
        method = intent["latest_charge"]["payment_method_details"]["type"]
        return CaptureFact(
            provider_id=intent["id"],
            amount=_ours(intent["amount_received"], currency),
            currency=currency,
            method=METHODS.get(method, "stripe"),
        )


def dispute_in(dispute: dict[str, Any]) -> DisputeFact:
    """A dispute in our words. Raises `Unknown` for nonsense."""
    with reading():
        currency = dispute["currency"].upper()
        return DisputeFact(
            provider_id=dispute["id"],
            payment_provider_id=dispute["payment_intent"] or "",
            amount=_ours(dispute["amount"], currency),
            currency=currency,
            state=DISPUTES[dispute["status"]],
        )


def theirs(amount: int, currency: str) -> int:
    """Our minor units in Stripe's. Raises `Rejected` for an amount that it cannot move."""
    return to_provider(amount=amount, currency=currency, places=STRIPE_PLACES)


def _ours(amount: int, currency: str) -> int:
    return from_provider(amount=amount, currency=currency, places=STRIPE_PLACES)
