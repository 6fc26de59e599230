"""Razorpay, through its own SDK: payment links, refunds, webhooks.

The SDK loses the HTTP status, prints on network errors and has no timeout: a session of our own answers for all three. `speed` is always
sent: without it the account's default decides, which may cost a fee.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import razorpay  # type: ignore[import-untyped]

from refunds.gateways.answers import OneTry, reading
from refunds.gateways.base import (
    CheckoutFact,
    CheckoutRequest,
    CheckoutStarted,
    DisputeFact,
    RefundFact,
    RefundRequest,
    Rejected,
    Unknown,
)
from refunds.gateways.news import (
    CHECKOUT_TAG,
    REFUND_TAG,
    CheckoutPayment,
    NotGenuine,
    Subject,
    TaggedRefund,
    checkout_id_in,
)
from refunds.gateways.razorpay_words import capture_in, dispute_in, only_success, refund_in, theirs

PAGE_OUTLIVES_US = timedelta(minutes=16)
"""Razorpay keeps a link open for a quarter of an hour at least; money that comes late goes back by itself."""
PAGE_SIZE = 100
LONGEST_EVENT_ID = 120


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
        session.hooks["response"].append(only_success)
        where = {"base_url": api_base} if api_base else {}
        self._razorpay = razorpay.Client(session=session, auth=(key_id, key_secret), **where)
        self._secrets = webhook_secrets
        self._site = site_url.rstrip("/")

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """Razorpay's page. A repeat finds the one that was made under our id. Raises `GatewayError`."""
        body = {
            "amount": theirs(request.amount, request.currency),
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
            captures = tuple(capture_in(one) for one in payments if one["captured"])
            failed = any(one["status"] == "failed" for one in payments)
            return CheckoutFact(captures=captures, declined=failed and not captures)

    def create_refund(self, request: RefundRequest) -> RefundFact:
        """Send it under its key. Raises `Rejected`, `NotRun`, `KeyReused` or `Unknown`."""
        body = {
            "amount": theirs(request.amount, request.currency),
            "speed": "normal",
            "notes": {REFUND_TAG: request.tag},
        }
        with reading():
            refund = self._razorpay.payment.refund(
                request.payment_provider_id, body, headers={"X-Refund-Idempotency": request.key}
            )
        return refund_in(refund).fact

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
                found += [refund_in(one) for one in page]
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
        """The dispute, refund or payment that the event is about."""
        payload = json.loads(body).get("payload") or {}
        if "dispute" in payload:
            return Subject(kind="dispute", provider_id=payload["dispute"]["entity"]["id"])
        if "refund" in payload:
            return Subject(kind="refund", provider_id=payload["refund"]["entity"]["id"])
        if "payment" in payload:
            return Subject(kind="payment", provider_id=payload["payment"]["entity"]["id"])
        return None

    def read_refund(self, provider_id: str) -> TaggedRefund:
        """One refund with its tag. Raises `GatewayError`."""
        with reading():
            refund = self._razorpay.refund.fetch(provider_id)
        return refund_in(refund)

    def list_refunds(self, *, since: datetime) -> Iterator[TaggedRefund]:
        """Every refund of the account that was made since, page by page. Raises `GatewayError`."""
        for one in self._pages(self._razorpay.refund.all, since=since):
            yield refund_in(one)

    def list_disputes(self, *, since: datetime) -> Iterator[DisputeFact]:
        """Every dispute that was opened since. Raises `GatewayError`."""
        for one in self._pages(self._razorpay.dispute.all, since=since):
            yield dispute_in(one)

    def read_dispute(self, provider_id: str) -> DisputeFact:
        """One dispute as it stands now. Raises `GatewayError`."""
        with reading():
            return dispute_in(self._razorpay.dispute.fetch(provider_id))

    def read_payment(self, provider_id: str) -> CheckoutPayment:
        """One payment with the checkout it is for. Raises `GatewayError`."""
        with reading():
            payment = self._razorpay.payment.fetch(provider_id)
            capture = capture_in(payment) if payment["captured"] else None
            return CheckoutPayment(checkout_id=checkout_id_in(payment["notes"]), capture=capture)

    def _pages(
        self, listed: Callable[[dict[str, int]], dict[str, Any]], *, since: datetime
    ) -> Iterator[dict[str, Any]]:
        """Every item of a list of the account."""
        page: list[dict[str, Any]] | None = None
        skip = 0
        while page is None or len(page) == PAGE_SIZE:
            with reading():
                page = list(listed({"from": int(since.timestamp()), "count": PAGE_SIZE, "skip": skip})["items"])
            skip += len(page)
            yield from page

    def _link_of(self, request: CheckoutRequest) -> dict[str, Any] | None:
        """The link that was made for the checkout."""
        with reading():
            if request.provider_id:
                link: dict[str, Any] = self._razorpay.payment_link.fetch(request.provider_id)
                return link
            found = self._razorpay.payment_link.all({"reference_id": request.checkout_id.hex})["payment_links"]
            return found[0] if found else None


def _signed(body: bytes, signature: bytes, secret: str) -> bool:
    """Whether this secret signed the body. An empty one would sign for everybody."""
    return bool(secret) and hmac.compare_digest(
        hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode(), signature
    )
