"""The books of a provider, the same for both: checkouts, payments and refunds. `stripe_api.py` and `razorpay_api.py` put them in words.

checkout   amount, currency, tags, payer's outcome; a payment for each time it was paid
payment    amount, currency, method, status: captured, authorized, canceled, failed; closed_card: its refunds fail
refund     amount, status: pending, succeeded, failed; settles_at and settles_as say what becomes of it
"""

import uuid
from typing import Any

from tests.fake_provider.store import Doc
from tests.fake_provider.world import World

PREFIXES = {
    ("stripe", "checkout"): "cs_test_",
    ("stripe", "payment"): "pi_",
    ("stripe", "refund"): "re_",
    ("razorpay", "checkout"): "plink_",
    ("razorpay", "payment"): "pay_",
    ("razorpay", "refund"): "rfnd_",
}


class Refusal(Exception):
    """The provider says no: no_such_payment, not_captured, all_refunded, too_much, too_old, low_balance."""


def new_id(provider: str, kind: str) -> str:
    """An id as the provider writes them."""
    return PREFIXES[provider, kind] + uuid.uuid4().hex[:20]


def add_checkout(world: World, *, provider: str, amount: int, currency: str, tags: Doc, **more: Any) -> Doc:
    """A page where somebody can pay."""
    doc = {
        "id": new_id(provider, "checkout"),
        "provider": provider,
        "amount": amount,
        "currency": currency,
        "tags": tags,
        "declined": False,
        "created": int(world.now()),
        **more,
    }
    return world.store.put("checkout", doc, parent=str(more.get("reference", "")))


def add_payment(  # one call makes any payment a test needs
    world: World,
    *,
    provider: str,
    amount: int,
    currency: str,
    tags: Doc | None = None,
    checkout: str = "",
    method: str = "card",
    status: str = "captured",
    age: float = 0.0,
    closed_card: bool = False,
) -> Doc:
    """Money taken from a payer, `age` seconds ago."""
    doc = {
        "id": new_id(provider, "payment"),
        "provider": provider,
        "amount": amount,
        "currency": currency,
        "tags": tags or {},
        "checkout": checkout,
        "method": method,
        "status": status,
        "closed_card": closed_card,
        "created": int(world.now() - age),
    }
    return world.store.put("payment", doc, parent=checkout)


def payments_of(world: World, checkout: str) -> list[Doc]:
    """Every payment of a checkout, oldest first."""
    return world.store.every("payment", parent=checkout)


def refunds_of(world: World, payment: str) -> list[Doc]:
    """Every refund of a payment, oldest first."""
    return world.store.every("refund", parent=payment)


def refunded(world: World, payment: str) -> int:
    """How much of a payment went back or is going back."""
    return sum(refund["amount"] for refund in refunds_of(world, payment) if refund["status"] != "failed")


def add_refund(world: World, *, payment_id: str, provider: str, amount: int | None, tags: Doc) -> Doc:
    """Really refund (all that is left: no amount). Raises `Refusal`."""
    payment = world.store.get("payment", payment_id)
    if payment is None or payment["provider"] != provider:
        raise Refusal("no_such_payment")
    if payment["status"] != "captured":
        raise Refusal("not_captured")
    limit = world.setting("too_old_after")[provider]
    if limit is not None and world.now() - payment["created"] > limit:
        raise Refusal("too_old")
    left = payment["amount"] - refunded(world, payment_id)
    if left == 0:
        raise Refusal("all_refunded")
    if (amount or left) > left:
        raise Refusal("too_much")
    if world.setting("low_balance"):
        raise Refusal("low_balance")
    after = float(world.setting("settle_after"))
    doc = {
        "id": new_id(provider, "refund"),
        "provider": provider,
        "payment": payment_id,
        "amount": amount or left,
        "currency": payment["currency"],
        "tags": tags,
        "status": "pending",
        "reference": "",
        "failure": "",
        "created": int(world.now()),
        "settles_at": world.now() + after,
        "settles_as": "closed_card" if payment["closed_card"] else world.setting("settle_as"),
    }
    save_refund(world, doc)
    return settle(world, doc) if after == 0 and not payment["closed_card"] else doc


def settle(world: World, refund: Doc, *, outcome: str = "") -> Doc:
    """What becomes of a refund: succeeded, closed_card, returned or failed. Of a succeeded one only failed is news."""
    outcome = outcome or refund["settles_as"]
    if outcome == "succeeded":
        changed = refund | {"status": "succeeded", "reference": f"ARN{refund['id'][-12:].upper()}"}
    else:
        changed = refund | {"status": "failed", "failure": outcome}
    return save_refund(world, changed | {"settles_at": None})


def save_refund(world: World, refund: Doc) -> Doc:
    """Write a refund where lists and the ticker find it."""
    waiting = "waiting" if refund["settles_at"] is not None else ""
    return world.store.put("refund", refund, parent=refund["payment"], state=waiting)


def executed(world: World) -> dict[str, dict[str, int]]:
    """By payment: how many refunds were really made and stand, their sum, and how many failed."""
    totals: dict[str, dict[str, int]] = {}
    for refund in world.store.every("refund"):
        total = totals.setdefault(refund["payment"], {"count": 0, "sum": 0, "failed": 0})
        if refund["status"] == "failed":
            total["failed"] += 1
        else:
            total["count"] += 1
            total["sum"] += refund["amount"]
    return totals
