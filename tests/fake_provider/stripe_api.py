"""Stripe's words for the fake's books: https://docs.stripe.com/api, version of the SDK 16.

Bodies come form-encoded; errors are `{"error": {"type", "code", "message"}}`.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from tests.fake_provider import books
from tests.fake_provider.answers import Answer, say
from tests.fake_provider.books import Refusal
from tests.fake_provider.store import Doc
from tests.fake_provider.world import World

REFUSALS = {
    "no_such_payment": (404, "resource_missing", "No such payment_intent"),
    "not_captured": (
        400,
        "payment_intent_unexpected_state",
        "This PaymentIntent does not have a successful charge to refund.",
    ),
    "all_refunded": (400, "charge_already_refunded", "Charge has already been refunded."),
    "too_much": (400, None, "Refund amount is greater than unrefunded amount on charge."),
    "low_balance": (400, "balance_insufficient", "Insufficient funds in your Stripe balance to refund this amount."),
}
FAILURES = {"closed_card": "expired_or_canceled_card", "returned": "unknown", "failed": "declined"}


def params_of(body: str) -> Doc:
    """`a[b][0]=c` as {"a": {"b": {"0": "c"}}}."""
    found: Doc = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        *folders, last = re.findall(r"[^\[\]]+", name)
        place = found
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = value
    return found


def error(status: int, code: str | None, message: str, *, kind: str = "invalid_request_error") -> Answer:
    """An error as Stripe writes it."""
    return say({"error": {"type": kind, "code": code, "message": message}}, status=status)


def create_session(world: World, params: Doc, *, base: str) -> Answer:
    """`POST /v1/checkout/sessions`. `expires_at` is from half an hour to a day ahead."""
    price = params["line_items"]["0"]["price_data"]
    expires_at = int(params.get("expires_at") or world.now() + 86_400)
    if not world.now() + 1_800 <= expires_at <= world.now() + 86_400:
        return error(400, None, "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.")
    checkout = books.add_checkout(
        world,
        provider="stripe",
        amount=int(price["unit_amount"]),
        currency=price["currency"],
        tags=params.get("payment_intent_data", {}).get("metadata", {}),
        reference=params.get("client_reference_id", ""),
        return_url=params["success_url"],
        cancel_url=params.get("cancel_url", ""),
        expires_at=expires_at,
        base=base,
    )
    return say(session(world, checkout))


def fetch_session(world: World, key: str, params: Doc) -> Answer:
    """`GET /v1/checkout/sessions/…`, with its payment intent whole where `expand` asks for it."""
    checkout = world.store.get("checkout", key)
    expanded = any(name.startswith("expand") for name in params)
    return found(checkout, checkout and session(world, checkout, expanded=expanded))


def session(world: World, checkout: Doc, *, expanded: bool = False) -> Doc:
    """A checkout session."""
    intents = books.payments_of(world, checkout["id"])
    paid = any(intent["status"] in ("captured", "authorized") for intent in intents)
    over = world.now() > checkout["expires_at"]
    return {
        "id": checkout["id"],
        "object": "checkout.session",
        "livemode": False,
        "client_reference_id": checkout["reference"],
        "amount_total": checkout["amount"],
        "currency": checkout["currency"],
        "status": "complete" if paid else "expired" if over else "open",
        "payment_status": "paid" if paid else "unpaid",
        "payment_intent": (intent(world, intents[-1]) if expanded else intents[-1]["id"]) if intents else None,
        "url": None if paid or over else f"{checkout['base']}/pay/{checkout['id']}",
    }


def intent(world: World, payment: Doc) -> Doc:
    """A payment intent with its last charge."""
    captured = payment["status"] == "captured"
    states = {"captured": "succeeded", "authorized": "requires_capture", "failed": "requires_payment_method"}
    method = payment["method"]
    charge = {
        "id": f"ch_{payment['id'][3:]}",
        "object": "charge",
        "amount": payment["amount"],
        "currency": payment["currency"],
        "paid": captured,
        "payment_method_details": {"type": method, method: {}},
    }
    failed = {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}
    return {
        "id": payment["id"],
        "object": "payment_intent",
        "livemode": False,
        "amount": payment["amount"],
        "amount_received": payment["amount"] if captured else 0,
        "currency": payment["currency"],
        "status": states.get(payment["status"], payment["status"]),
        "metadata": payment["tags"],
        "latest_charge": charge,
        "last_payment_error": failed if payment["status"] == "failed" else None,
    }


def refund(doc: Doc) -> Doc:
    """A refund."""
    reference = {"reference": doc["reference"] or None, "reference_status": "available", "type": "refund"}
    return {
        "id": doc["id"],
        "object": "refund",
        "amount": doc["amount"],
        "currency": doc["currency"],
        "payment_intent": doc["payment"],
        "charge": f"ch_{doc['payment'][3:]}",
        "metadata": doc["tags"],
        "status": doc["status"],
        "failure_reason": FAILURES.get(doc["failure"]),
        "destination_details": {"type": "card", "card": reference},
        "created": doc["created"],
    }


def create_refund(world: World, params: Doc) -> Answer:
    """`POST /v1/refunds`."""
    try:
        doc = books.add_refund(
            world,
            payment_id=params["payment_intent"],
            provider="stripe",
            amount=int(params["amount"]) if "amount" in params else None,
            tags=params.get("metadata", {}),
        )
    except Refusal as refusal:
        return error(*REFUSALS[str(refusal)])
    return say(refund(doc))


def list_refunds(world: World, params: Doc) -> Answer:
    """`GET /v1/refunds`, newest first, by pages."""
    refunds = books.refunds_of(world, params["payment_intent"])[::-1]
    if world.store.get("payment", params["payment_intent"]) is None:
        return error(*REFUSALS["no_such_payment"])
    if after := params.get("starting_after"):
        refunds = refunds[[doc["id"] for doc in refunds].index(after) + 1 :]
    limit = int(params.get("limit", 10))
    page = [refund(doc) for doc in refunds[:limit]]
    return say({"object": "list", "url": "/v1/refunds", "has_more": len(refunds) > limit, "data": page})


def change_intent(world: World, key: str, params: Doc, *, cancel: bool) -> Answer:
    """`POST /v1/payment_intents/…` and `…/cancel`, which lets an authorized payment go."""
    payment = world.store.get("payment", key)
    if payment is None:
        return error(*REFUSALS["no_such_payment"])
    if cancel and payment["status"] not in ("authorized", "failed"):
        return error(400, "payment_intent_unexpected_state", "You cannot cancel this PaymentIntent.")
    changed = payment | {"tags": payment["tags"] | params.get("metadata", {})}
    if cancel:
        changed["status"] = "canceled"
    world.store.put("payment", changed, parent=payment["checkout"])
    return say(intent(world, changed))


def event(world: World, kind: str, thing: Doc, *, key: str) -> Doc:
    """The body of a webhook: an event around the object as it was when it happened."""
    return {
        "id": key,
        "object": "event",
        "api_version": "2026-10-01",
        "created": int(world.now()),
        "livemode": False,
        "type": kind,
        "data": {"object": thing},
    }


def found(doc: Doc | None, rendered: Any) -> Answer:
    """The object, or 404."""
    return say(rendered) if doc is not None else error(404, "resource_missing", "No such object")
