"""Stripe, through its own SDK: hosted checkout pages, refunds, webhooks.

Its keys live for 24 hours and a stored 500 is replayed. A payment that was only authorized is let go, not refunded.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import stripe
from django.utils.translation import get_language, gettext

from refunds.gateways.answers import OneTry
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
from refunds.gateways.stripe_words import (
    MISSING,
    NO_CHARGE,
    REASONS,
    cancelled_in,
    capture_in,
    dispute_in,
    refund_in,
    sdk_answers,
    theirs,
)

stripe.enable_telemetry = False

PAGE_OUTLIVES_US = timedelta(minutes=31)
"""Stripe keeps a page open for half an hour at least; money that comes late goes back by itself."""
TOLERANCE_SECONDS = 300


class StripeGateway:
    """One Stripe account. Raises what `base.Gateway` says, and nothing of the SDK's own."""

    name = "stripe"
    key_lifetime = timedelta(hours=23)
    poll_every = timedelta(seconds=60)

    def __init__(
        self, *, api_key: str, webhook_secrets: tuple[str, ...], api_base: str, site_url: str, timeout: float
    ) -> None:
        """`api_base` empty: Stripe itself. `timeout` in seconds. `site_url` is where payers come back to."""
        session = OneTry(timeout=timeout)
        self._stripe = stripe.StripeClient(
            api_key,
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=timeout, session=session),
            base_addresses={"api": api_base} if api_base else {},
        ).v1
        self._live = "_live_" in api_key
        self._secrets = webhook_secrets
        self._site = site_url.rstrip("/")

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """Stripe's page. A page that has closed leads back to ours. Raises `GatewayError`."""
        back = f"{self._site}{request.return_url or '/'}"
        with sdk_answers():
            if request.provider_id:
                session = self._stripe.checkout.sessions.retrieve(request.provider_id)
            else:
                session = self._stripe.checkout.sessions.create(
                    {
                        "mode": "payment",
                        "line_items": [
                            {
                                "quantity": 1,
                                "price_data": {
                                    "currency": request.currency.lower(),
                                    "unit_amount": theirs(request.amount, request.currency),
                                    "product_data": {"name": gettext("Appointment")},
                                },
                            }
                        ],
                        "client_reference_id": str(request.checkout_id),
                        "payment_intent_data": {"metadata": {CHECKOUT_TAG: str(request.checkout_id)}},
                        "success_url": back,
                        "cancel_url": back,
                        "expires_at": int((request.expires_at + PAGE_OUTLIVES_US).timestamp()),
                    },
                    {"idempotency_key": f"co_{request.checkout_id.hex}_{get_language()}"},
                )
        return CheckoutStarted(provider_id=session.id, url=session.url or back)

    def look_at_checkout(self, request: CheckoutRequest) -> CheckoutFact:
        """What became of the page. Money that is only authorized is let go. Raises `GatewayError`."""
        if not request.provider_id:
            return CheckoutFact()
        with sdk_answers():
            session = self._stripe.checkout.sessions.retrieve(
                request.provider_id, {"expand": ["payment_intent.latest_charge"]}
            ).to_dict()
        intent = session["payment_intent"]
        if not intent:
            return CheckoutFact()
        capture = capture_in(intent)
        if capture is None and intent["status"] == "requires_capture":
            with sdk_answers():
                self._stripe.payment_intents.cancel(intent["id"])
        declined = intent["status"] in ("requires_capture", "canceled") or bool(intent.get("last_payment_error"))
        return CheckoutFact(captures=(capture,)) if capture else CheckoutFact(declined=declined)

    def create_refund(self, request: RefundRequest) -> RefundFact:
        """Send it under its key. Raises `Rejected`, `NotRun`, `KeyReused` or `Unknown`."""
        amount = theirs(request.amount, request.currency)
        try:
            with sdk_answers():
                refund = self._stripe.refunds.create(
                    {
                        "payment_intent": request.payment_provider_id,
                        "amount": amount,
                        "metadata": {REFUND_TAG: request.tag},
                    },
                    {"idempotency_key": request.key},
                )
        except Rejected as no:
            if no.reason_code != REASONS[NO_CHARGE]:
                raise
            return self._let_go(request, amount, no)
        return refund_in(refund.to_dict()).fact

    def find_refunds(self, request: RefundRequest) -> tuple[RefundFact, ...]:
        """Every refund of the payment with the tag, all pages. Raises `GatewayError`."""
        found = []
        try:
            with sdk_answers():
                listed = self._stripe.refunds.list({"payment_intent": request.payment_provider_id, "limit": 100})
                found = [refund_in(one.to_dict()) for one in listed.auto_paging_iter()]
        except Rejected as no:
            if no.reason_code == REASONS[MISSING]:
                return ()
            raise Unknown(no.reason_text) from no
        ours = tuple(one.fact for one in found if one.tag == request.tag)
        return ours or self._let_go_before(request)

    def fetch_refund(self, provider_id: str) -> RefundFact:
        """One refund. Raises `GatewayError`."""
        return self.read_refund(provider_id).fact

    def event_id(self, *, body: bytes, headers: Mapping[str, str]) -> str:
        """Stripe's id of the event, if one of our secrets signed it within five minutes. Raises `NotGenuine`."""
        signature = headers.get("Stripe-Signature", "")
        if not any(_signed(body, signature, secret) for secret in self._secrets):
            raise NotGenuine
        try:
            return str(json.loads(body)["id"])[:120]
        except (ValueError, KeyError, TypeError) as error:
            raise NotGenuine from error

    def subject_of(self, *, body: bytes) -> Subject | None:
        """The dispute, refund or payment intent that the event is about. Test events mean nothing to a live account, nor the other way."""
        event = json.loads(body)
        thing = event["data"]["object"]
        if event["livemode"] is not self._live:
            return None
        if thing["object"] == "dispute":
            return Subject(kind="dispute", provider_id=thing["id"])
        if thing["object"] == "refund":
            return Subject(kind="refund", provider_id=thing["id"])
        if thing["object"] == "payment_intent":
            return Subject(kind="payment", provider_id=thing["id"])
        if thing["object"] == "checkout.session" and thing["payment_intent"]:
            return Subject(kind="payment", provider_id=thing["payment_intent"])
        return None

    def read_refund(self, provider_id: str) -> TaggedRefund:
        """One refund with its tag; an authorization that was let go counts as one. Raises `GatewayError`."""
        with sdk_answers():
            if provider_id.startswith("pi_"):
                return cancelled_in(self._stripe.payment_intents.retrieve(provider_id).to_dict())
            return refund_in(self._stripe.refunds.retrieve(provider_id).to_dict())

    def list_refunds(self, *, since: datetime) -> Iterator[TaggedRefund]:
        """Every refund of the account that was made since, page by page. Raises `GatewayError`."""
        with sdk_answers():
            listed = self._stripe.refunds.list({"created": {"gte": int(since.timestamp())}, "limit": 100})
            for one in listed.auto_paging_iter():
                yield refund_in(one.to_dict())

    def list_disputes(self, *, since: datetime) -> Iterator[DisputeFact]:
        """Every dispute that was opened since. Raises `GatewayError`."""
        with sdk_answers():
            listed = self._stripe.disputes.list({"created": {"gte": int(since.timestamp())}, "limit": 100})
            for one in listed.auto_paging_iter():
                yield dispute_in(one.to_dict())

    def read_dispute(self, provider_id: str) -> DisputeFact:
        """One dispute as it stands now. Raises `GatewayError`."""
        with sdk_answers():
            return dispute_in(self._stripe.disputes.retrieve(provider_id).to_dict())

    def read_payment(self, provider_id: str) -> CheckoutPayment:
        """One payment with the checkout it is for. Raises `GatewayError`."""
        with sdk_answers():
            intent = self._stripe.payment_intents.retrieve(provider_id, {"expand": ["latest_charge"]}).to_dict()
            return CheckoutPayment(checkout_id=checkout_id_in(intent["metadata"]), capture=capture_in(intent))

    def _let_go(self, request: RefundRequest, amount: int, no: Rejected) -> RefundFact:
        """The payment has no charge to refund: if it is only authorized, and whole, cancel it. Raises `no` otherwise."""
        with sdk_answers():
            intent = self._stripe.payment_intents.retrieve(request.payment_provider_id)
            if intent.status != "requires_capture" or intent.amount != amount:
                raise no
            self._stripe.payment_intents.update(intent.id, {"metadata": {REFUND_TAG: request.tag}})
            gone = self._stripe.payment_intents.cancel(intent.id, {}, {"idempotency_key": f"{request.key}_cancel"})
        return cancelled_in(gone.to_dict()).fact

    def _let_go_before(self, request: RefundRequest) -> tuple[RefundFact, ...]:
        """The cancelled authorization, where that is what became of the request."""
        with sdk_answers():
            intent = self._stripe.payment_intents.retrieve(request.payment_provider_id).to_dict()
        if intent["status"] != "canceled" or intent["metadata"].get(REFUND_TAG) != request.tag:
            return ()
        return (cancelled_in(intent).fact,)


def _signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether this secret signed the body, and lately."""
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS))
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        return False
