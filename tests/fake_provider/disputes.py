"""Disputes: a payer asks their bank for the money back. Both providers list them, show one, and tell by webhook.

dispute   payment, amount, status: open, won, lost
"""

import uuid
from typing import Any

from tests.fake_provider import events, razorpay_api, stripe_api
from tests.fake_provider.answers import Answer, say
from tests.fake_provider.store import Doc
from tests.fake_provider.world import World

STRIPE_STATES = {"open": "needs_response", "won": "won", "lost": "lost"}
STRIPE_EVENTS = {"open": "charge.dispute.created", "won": "charge.dispute.closed", "lost": "charge.dispute.closed"}
RAZORPAY_EVENTS = {"open": "payment.dispute.created", "won": "payment.dispute.won", "lost": "payment.dispute.lost"}


def put(world: World, *, payment: str, status: str = "open", dispute: str = "") -> Doc:
    """Open a dispute about a whole payment, or bring it to its end; its event is written."""
    paid = world.store.get("payment", payment) or {}
    prefix = "dp_" if paid["provider"] == "stripe" else "disp_"
    known = world.store.get("dispute", dispute) or {
        "id": prefix + uuid.uuid4().hex[:20],
        "provider": paid["provider"],
        "payment": payment,
        "amount": paid["amount"],
        "currency": paid["currency"],
        "created": int(world.now()),
    }
    doc = world.store.put("dispute", known | {"status": status})
    if doc["provider"] == "stripe":
        key, kind = f"evt_{uuid.uuid4().hex[:24]}", STRIPE_EVENTS[status]
        body = stripe_api.event(world, kind, render(doc), key=key)
        events.write(world, provider="stripe", kind=kind, body=body, key=key)
    else:
        kind = RAZORPAY_EVENTS[status]
        body = razorpay_api.event(world, kind, payment=razorpay_api.payment(world, paid), dispute=render(doc))
        events.write(world, provider="razorpay", kind=kind, body=body, key=uuid.uuid4().hex[:14])
    return doc


def render(doc: Doc) -> Doc:
    """A dispute in its provider's words."""
    same = {"id": doc["id"], "amount": doc["amount"], "currency": doc["currency"]}
    if doc["provider"] == "stripe":
        more = {"object": "dispute", "payment_intent": doc["payment"], "created": doc["created"]}
        return same | more | {"status": STRIPE_STATES[doc["status"]]}
    return same | {
        "entity": "dispute",
        "payment_id": doc["payment"],
        "status": doc["status"],
        "created_at": doc["created"],
    }


def page(docs: list[Doc], params: Doc, *, provider: str, path: str, render_one: Any) -> Answer:
    """A list of the account, newest first, of what was made since the moment asked for."""
    since = int(params.get("created[gte]" if provider == "stripe" else "from") or 0)
    found = [doc for doc in docs if doc["provider"] == provider and doc["created"] >= since][::-1]
    if provider == "razorpay":
        skip, count = int(params.get("skip", 0)), int(params.get("count", 10))
        items = [render_one(doc) for doc in found[skip : skip + count]]
        return say({"entity": "collection", "count": len(items), "items": items})
    if after := params.get("starting_after"):
        found = found[[doc["id"] for doc in found].index(after) + 1 :]
    limit = int(params.get("limit", 10))
    data = [render_one(doc) for doc in found[:limit]]
    return say({"object": "list", "url": path, "has_more": len(found) > limit, "data": data})


def listed(world: World, params: Doc, *, provider: str) -> Answer:
    """Every dispute of the account."""
    return page(world.store.every("dispute"), params, provider=provider, path="/v1/disputes", render_one=render)


def refunds_listed(world: World, params: Doc, *, provider: str) -> Answer:
    """Every refund of the account; Stripe lists those of one payment at the same address."""
    if "payment_intent" in params:
        return stripe_api.list_refunds(world, params)
    words = stripe_api.refund if provider == "stripe" else razorpay_api.refund
    return page(world.store.every("refund"), params, provider=provider, path="/v1/refunds", render_one=words)
