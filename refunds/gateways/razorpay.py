"""Razorpay, through its own SDK: payment links, refunds, webhooks.

The SDK loses the HTTP status, prints on network errors and has no timeout: a session of our own answers for all three. `speed` is always
sent: without it the account's default decides, which may cost a fee.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import razorpay  # type: ignore[import-untyped]
import requests

from refunds.gateways.answers import OneTry, Refusal, meaning_of, reading
from refunds.gateways.base import (
    CaptureFact,
    CheckoutFact,
    CheckoutRequest,
    CheckoutStarted,
    RefundFact,
    RefundFactState,
    RefundRequest,
    Rejected,
    Unknown,
)
from refunds.gateways.minor_units import from_provider, to_provider
from refunds.gateways.news import (
    CHECKOUT_TAG,
    REFUND_TAG,
    CheckoutPayment,
    NotGenuine,
    Subject,
    TaggedRefund,
    checkout_id_in,
)

PAGE_OUTLIVES_US = timedelta(minutes=16)
"""Razorpay keeps a link open for a quarter of an hour at least; money that comes late goes back by itself."""
PAGE_SIZE = 100
LONGEST_EVENT_ID = 120

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


class RazorpayGateway:
    """One Razorpay account. Raises what `base.Gateway` says, and nothing of the SDK's own."""

    name = "razorpay"
    key_lifetime = timedelta(hours=23)
    poll_every = timedelta(seconds=60)

    def __init__(
        self,
        *,
        key_id: str,
        key_secret: str,
        webhook_secrets: tuple[str, ...],
        api_base: str,
        site_url: str,
        timeout: float,
    ) -> None:
        """`api_base` empty: Razorpay itself. `timeout` in seconds. `site_url` is where payers come back to."""
        session = OneTry(timeout=timeout)
        session.hooks["response"].append(_only_success)
        where = {"base_url": api_base} if api_base else {}
        self._razorpay = razorpay.Client(session=session, auth=(key_id, key_secret), **where)
        self._secrets = webhook_secrets
        self._site = site_url.rstrip("/")

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """Razorpay's page. A repeat finds the one that was made under our id. Raises `GatewayError`."""
        body = {
            "amount": _theirs(request.amount, request.currency),
            "currency": request.currency,
            "reference_id": request.checkout_id.hex,
            "expire_by": int((request.expires_at + PAGE_OUTLIVES_US).timestamp()),
            "callback_url": f"{self._site}{request.return_url or '/'}",
            "callback_method": "get",
            "notes": {CHECKOUT_TAG: str(request.checkout_id)},
            "notify": {"sms": False, "email": False},
            "reminder_enable": False,
        }
        link = self._link_of(request)
        with reading():
            if link is None:
                link = self._razorpay.payment_link.create(body)
            return CheckoutStarted(provider_id=link["id"], url=link["short_url"])

    def look_at_checkout(self, request: CheckoutRequest) -> CheckoutFact:
        """What became of the link: every payment that was captured through it. Raises `GatewayError`."""
        link = self._link_of(request)
        with reading():
            if link is None or not link.get("order_id"):
                return CheckoutFact()
            payments = self._razorpay.order.payments(link["order_id"])["items"]
            captures = tuple(_capture(one) for one in payments if one["captured"])
            failed = any(one["status"] == "failed" for one in payments)
            return CheckoutFact(captures=captures, declined=failed and not captures)

    def create_refund(self, request: RefundRequest) -> RefundFact:
        """Send it under its key. Raises `Rejected`, `NotRun`, `KeyReused` or `Unknown`."""
        body = {
            "amount": _theirs(request.amount, request.currency),
            "speed": "normal",
            "notes": {REFUND_TAG: request.tag},
        }
        with reading():
            refund = self._razorpay.payment.refund(
                request.payment_provider_id, body, headers={"X-Refund-Idempotency": request.key}
            )
        return _refund(refund).fact

    def find_refunds(self, request: RefundRequest) -> tuple[RefundFact, ...]:
        """Every refund of the payment with the tag, all pages. Raises `GatewayError`."""
        found: list[TaggedRefund] = []
        page: list[Any] | None = None
        try:
            while page is None or len(page) == PAGE_SIZE:
                with reading():
                    part = {"count": PAGE_SIZE, "skip": len(found)}
                    page = list(
                        self._razorpay.payment.fetch_multiple_refund(request.payment_provider_id, part)["items"]
                    )
                found += [_refund(one) for one in page]
        except Rejected as no:
            if no.reason_code == "no_such_payment":
                return ()
            raise Unknown(no.reason_text) from no
        return tuple(one.fact for one in found if one.tag == request.tag)

    def fetch_refund(self, provider_id: str) -> RefundFact:
        """One refund. Raises `GatewayError`."""
        return self.read_refund(provider_id).fact

    def event_id(self, *, body: bytes, headers: Mapping[str, str]) -> str:
        """Razorpay's id of the event, the same on each redelivery, if one of our secrets signed it. Raises `NotGenuine`."""
        signature = headers.get("X-Razorpay-Signature", "").encode()
        if not any(_signed(body, signature, secret) for secret in self._secrets):
            raise NotGenuine
        try:
            json.loads(body)["event"]
        except (ValueError, KeyError, TypeError) as error:
            raise NotGenuine from error
        given = headers.get("X-Razorpay-Event-Id", "")
        return given if 0 < len(given) <= LONGEST_EVENT_ID else f"sha256:{hashlib.sha256(body).hexdigest()}"

    def subject_of(self, *, body: bytes) -> Subject | None:
        """The refund or payment that the event is about."""
        payload = json.loads(body).get("payload") or {}
        if "refund" in payload:
            return Subject(kind="refund", provider_id=payload["refund"]["entity"]["id"])
        if "payment" in payload:
            return Subject(kind="payment", provider_id=payload["payment"]["entity"]["id"])
        return None

    def read_refund(self, provider_id: str) -> TaggedRefund:
        """One refund with its tag. Raises `GatewayError`."""
        with reading():
            refund = self._razorpay.refund.fetch(provider_id)
        return _refund(refund)

    def read_payment(self, provider_id: str) -> CheckoutPayment:
        """One payment with the checkout it is for. Raises `GatewayError`."""
        with reading():
            payment = self._razorpay.payment.fetch(provider_id)
            capture = _capture(payment) if payment["captured"] else None
            return CheckoutPayment(checkout_id=checkout_id_in(payment["notes"]), capture=capture)

    def _link_of(self, request: CheckoutRequest) -> dict[str, Any] | None:
        """The link that was made for the checkout."""
        with reading():
            if request.provider_id:
                link: dict[str, Any] = self._razorpay.payment_link.fetch(request.provider_id)
                return link
            found = self._razorpay.payment_link.all({"reference_id": request.checkout_id.hex})["payment_links"]
            return found[0] if found else None


def _only_success(response: requests.Response, **_: Any) -> None:
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


def _refund(refund: dict[str, Any]) -> TaggedRefund:
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


def _capture(payment: dict[str, Any]) -> CaptureFact:
    """What was captured; a payment that was refunded since was captured all the same."""
    return CaptureFact(
        provider_id=payment["id"],
        amount=_ours(payment["amount"], payment["currency"]),
        currency=payment["currency"],
        method=METHODS.get(payment["method"], "razorpay"),
    )


def _signed(body: bytes, signature: bytes, secret: str) -> bool:
    """Whether this secret signed the body. An empty one would sign for everybody."""
    return bool(secret) and hmac.compare_digest(
        hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode(), signature
    )


def _theirs(amount: int, currency: str) -> int:
    return to_provider(amount=amount, currency=currency, places={})


def _ours(amount: int, currency: str) -> int:
    return from_provider(amount=amount, currency=currency, places={})
