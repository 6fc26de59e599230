"""Razorpay's answers in our words: states, reasons, methods, amounts.

Its SDK loses the HTTP status, so a hook of the session judges each answer before the SDK sees it.
"""

from typing import Any

import requests

from refunds.gateways.answers import Refusal, meaning_of, reading
from refunds.gateways.base import CaptureFact, DisputeFact, DisputeFactState, RefundFact, RefundFactState
from refunds.gateways.minor_units import from_provider, to_provider
from refunds.gateways.news import REFUND_TAG, TaggedRefund

STATES: dict[str, RefundFactState] = {"pending": "pending", "processed": "succeeded", "failed": "failed"}
REASONS = (
    ("does not exist", "no_such_payment"),
    ("6 months", "too_old"),
    ("six months", "too_old"),
    ("enough balance", "low_balance"),
    ("fully refunded", "above_the_charge"),
    ("greater than", "above_the_charge"),
    ("should be captured", "not_captured"),
    ("dispute", "disputed"),
)
"""Razorpay has one code for every no; the description tells them apart."""
METHODS = {"card": "card", "emi": "card", "upi": "upi", "wallet": "wallet", "netbanking": "netbanking"}
DISPUTES: dict[str, DisputeFactState] = {
    "open": "open",
    "under_review": "open",
    "won": "won",
    "closed": "won",
    "lost": "lost",
}


def only_success(response: requests.Response, **_: Any) -> None:
    """Judge the answer before the SDK loses its status. Raises `GatewayError` for all but a JSON object and success."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if 200 <= response.status_code < 300 and isinstance(body, dict):
        return
    told = body.get("error") if isinstance(body, dict) else None
    text = str(told.get("description") or "") if isinstance(told, dict) else ""
    raise meaning_of(
        Refusal(
            status=response.status_code,
            in_words=isinstance(told, dict),
            key_reused="same idempotency key" in text,
            reason_code=next((code for words, code in REASONS if words in text), "declined"),
            reason_text=text,
        )
    )


def refund_in(refund: dict[str, Any]) -> TaggedRefund:
    """A refund in our words. Raises `Unknown` for nonsense."""
    with reading():
        bank = refund.get("acquirer_data") or {}
        state = STATES[refund["status"]]
        fact = RefundFact(
            provider_id=refund["id"],
            state=state,
            amount=_ours(refund["amount"], refund["currency"]),
            currency=refund["currency"],
            payment_provider_id=refund["payment_id"],
            reference=bank.get("arn") or bank.get("rrn") or bank.get("utr") or "",
            reason="declined" if state == "failed" else "",
        )
        notes = refund.get("notes") or {}  # an empty one arrives as a list
        return TaggedRefund(tag=notes.get(REFUND_TAG, ""), fact=fact)


def capture_in(payment: dict[str, Any]) -> CaptureFact:
    """What was captured; a payment that was refunded since was captured all the same."""
    return CaptureFact(
        provider_id=payment["id"],
        amount=_ours(payment["amount"], payment["currency"]),
        currency=payment["currency"],
        method=METHODS.get(payment["method"], "razorpay"),
    )


def dispute_in(dispute: dict[str, Any]) -> DisputeFact:
    """A dispute in our words. Raises `Unknown` for nonsense."""
    with reading():
        return DisputeFact(
            provider_id=dispute["id"],
            payment_provider_id=dispute["payment_id"],
            amount=_ours(dispute["amount"], dispute["currency"]),
            currency=dispute["currency"],
            state=DISPUTES[dispute["status"]],
        )


def theirs(amount: int, currency: str) -> int:
    """Our minor units in Razorpay's. Raises `Rejected` for an amount that it cannot move."""
    return to_provider(amount=amount, currency=currency, places={})


def _ours(amount: int, currency: str) -> int:
    return from_provider(amount=amount, currency=currency, places={})
