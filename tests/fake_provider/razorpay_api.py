"""Razorpay's words for the fake's books: https://razorpay.com/docs/api.

Bodies come as JSON; errors are `{"error": {"code", "description", "source", "step", "reason", "metadata"}}`.
"""

import json
from typing import Any

from tests.fake_provider import books
from tests.fake_provider.answers import Answer, say
from tests.fake_provider.books import Refusal
from tests.fake_provider.store import Doc
from tests.fake_provider.world import World

REFUSALS = {
    "no_such_payment": "The id provided does not exist",
    "not_captured": "The payment status should be captured for action to be taken",
    "all_refunded": "The payment has been fully refunded already",
    "too_much": "The total refund amount is greater than the refund payment amount",
    "too_old": "Refund is not supported by the bank because the payment is more than 6 months old",
    "low_balance": "Your account does not have enough balance to carry out the refund operation.",
}
LONGEST_REFERENCE = 40
SHORTEST_LIFE = 900


def json_of(body: str) -> Any:
    """The parameters of a body."""
    return json.loads(body)


def error(status: int, description: str, *, code: str = "BAD_REQUEST_ERROR") -> Answer:
    """An error as Razorpay writes it."""
    nothing = {"source": "business", "step": "NA", "reason": "NA", "metadata": {}}
    return say({"error": {"code": code, "description": description, **nothing}}, status=status)


def create_link(world: World, params: Doc, *, base: str) -> Answer:
    """`POST /v1/payment_links`. A `reference_id` is taken once; `expire_by` is at least 15 minutes ahead."""
    reference = params.get("reference_id", "")
    if len(reference) > LONGEST_REFERENCE:
        return error(400, "The reference id may not be greater than 40 characters.")
    if params.get("expire_by", world.now() + SHORTEST_LIFE) < world.now() + SHORTEST_LIFE:
        return error(400, "expire_by should be at least 15 minutes after current time.")
    if reference and world.store.every("checkout", parent=reference):
        return error(400, f"payment link with given reference_id ({reference}) already exists")
    checkout = books.add_checkout(
        world,
        provider="razorpay",
        amount=params["amount"],
        currency=params["currency"],
        tags=params.get("notes", {}),
        reference=reference,
        return_url=params.get("callback_url", ""),
        cancel_url="",
        expires_at=params.get("expire_by", 0),
        order=f"order_{reference[:14] or 'x'}",
        base=base,
    )
    return say(link(world, checkout))


def link(world: World, checkout: Doc) -> Doc:
    """A payment link. Its order exists once somebody has tried to pay."""
    payments = books.payments_of(world, checkout["id"])
    taken = [
        {"payment_id": one["id"], "amount": one["amount"], "method": one["method"], "status": "captured"}
        for one in payments
        if one["status"] == "captured"
    ]
    over = 0 < checkout["expires_at"] < world.now()
    return {
        "id": checkout["id"],
        "entity": "payment_link",
        "amount": checkout["amount"],
        "amount_paid": sum(one["amount"] for one in taken[:1]),
        "currency": checkout["currency"],
        "reference_id": checkout["reference"],
        "notes": checkout["tags"],
        "expire_by": checkout["expires_at"],
        "status": "paid" if taken else "expired" if over else "created",
        "order_id": checkout["order"] if payments else None,
        "payments": taken or None,
        "short_url": f"{checkout['base']}/pay/{checkout['id']}",
    }


def links_by_reference(world: World, params: Doc) -> Answer:
    """`GET /v1/payment_links?reference_id=…`."""
    found = world.store.every("checkout", parent=params["reference_id"])
    return say({"payment_links": [link(world, one) for one in found if one["provider"] == "razorpay"]})


def create_order(world: World, params: Doc) -> Answer:
    """`POST /v1/orders`."""
    checkout = books.add_checkout(
        world,
        provider="razorpay",
        amount=params["amount"],
        currency=params["currency"],
        tags=params.get("notes", {}),
        reference="",
        expires_at=0,
        return_url="",
        base="",
    )
    order = world.store.put("checkout", checkout | {"order": f"order_{checkout['id'][6:20]}"})
    return say(order_of(world, order))


def fetch_order(world: World, order: str) -> Answer:
    """`GET /v1/orders/…`."""
    checkout = checkout_of_order(world, order)
    return found(checkout, checkout and order_of(world, checkout))


def order_of(world: World, checkout: Doc) -> Doc:
    """An order."""
    paid = any(one["status"] == "captured" for one in books.payments_of(world, checkout["id"]))
    return {
        "id": checkout["order"],
        "entity": "order",
        "amount": checkout["amount"],
        "currency": checkout["currency"],
        "notes": checkout["tags"],
        "status": "paid" if paid else "created",
    }


def checkout_of_order(world: World, order: str) -> Doc | None:
    """The checkout behind an order."""
    return next((doc for doc in world.store.every("checkout") if doc.get("order") == order), None)


def payments_of_order(world: World, order: str) -> Answer:
    """`GET /v1/orders/…/payments`."""
    checkout = checkout_of_order(world, order)
    if checkout is None:
        return error(400, REFUSALS["no_such_payment"])
    items = [payment(world, one) for one in books.payments_of(world, checkout["id"])]
    return say({"entity": "collection", "count": len(items), "items": items})


def payment(world: World, doc: Doc) -> Doc:
    """A payment."""
    checkout = world.store.get("checkout", doc["checkout"]) or {}
    back = books.refunded(world, doc["id"])
    captured = doc["status"] == "captured"
    return {
        "id": doc["id"],
        "entity": "payment",
        "amount": doc["amount"],
        "currency": doc["currency"],
        "status": "refunded" if captured and back == doc["amount"] else doc["status"],
        "captured": captured,
        "order_id": checkout.get("order"),
        "method": doc["method"],
        "amount_refunded": back,
        "refund_status": None if not back else "full" if back == doc["amount"] else "partial",
        "notes": doc["tags"] or [],  # as PHP writes an empty map
        "created_at": doc["created"],
    }


def refund(doc: Doc) -> Doc:
    """A refund."""
    return {
        "id": doc["id"],
        "entity": "refund",
        "amount": doc["amount"],
        "currency": doc["currency"],
        "payment_id": doc["payment"],
        "notes": doc["tags"] or [],
        "acquirer_data": {"arn": doc["reference"] or None},
        "status": {"succeeded": "processed"}.get(doc["status"], doc["status"]),
        "speed_requested": "normal",
        "speed_processed": "normal",
        "created_at": doc["created"],
    }


def create_refund(world: World, payment_id: str, params: Doc) -> Answer:
    """`POST /v1/payments/…/refund`."""
    try:
        doc = books.add_refund(
            world,
            payment_id=payment_id,
            provider="razorpay",
            amount=params.get("amount"),
            tags=params.get("notes", {}),
        )
    except Refusal as refusal:
        return error(400, REFUSALS[str(refusal)])
    return say(refund(doc))


def list_refunds(world: World, payment_id: str, params: Doc) -> Answer:
    """`GET /v1/payments/…/refunds`, newest first, ten at a time unless told."""
    if world.store.get("payment", payment_id) is None:
        return error(400, REFUSALS["no_such_payment"])
    skip, count = int(params.get("skip", 0)), int(params.get("count", 10))
    items = [refund(doc) for doc in books.refunds_of(world, payment_id)[::-1][skip : skip + count]]
    return say({"entity": "collection", "count": len(items), "items": items})


def event(world: World, kind: str, **entities: Doc) -> Doc:
    """The body of a webhook: what it is about, each in an envelope of its own."""
    return {
        "entity": "event",
        "account_id": "acc_fake",
        "event": kind,
        "contains": list(entities),
        "payload": {name: {"entity": entity} for name, entity in entities.items()},
        "created_at": int(world.now()),
    }


def found(doc: Doc | None, rendered: Any) -> Answer:
    """The entity, or a 400 as Razorpay answers it."""
    return say(rendered) if doc is not None else error(400, REFUSALS["no_such_payment"])
