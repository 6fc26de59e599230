"""Webhooks: an event is written whenever something happens, and sent when a test (or the settings) says so.

Stripe signs `<time>.<body>` in `Stripe-Signature: t=…,v1=…`; Razorpay signs the body in `X-Razorpay-Signature` and names the event in
`x-razorpay-event-id`, the same on every redelivery.
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
import uuid
from typing import Any

from tests.fake_provider import razorpay_api, stripe_api
from tests.fake_provider.store import Doc
from tests.fake_provider.world import World

STRIPE_REFUND = {"pending": "refund.created", "succeeded": "refund.updated", "failed": "refund.failed"}
RAZORPAY_REFUND = {"pending": "refund.created", "succeeded": "refund.processed", "failed": "refund.failed"}


def write(world: World, *, provider: str, kind: str, body: Doc, key: str) -> Doc:
    """Keep an event; it waits to be sent where the settings say that events go out by themselves."""
    target = world.setting("webhooks").get(provider, {})
    doc = {"id": key, "provider": provider, "kind": kind, "body": json.dumps(body), "tries": 0}
    return world.store.put("event", doc, state="waiting" if target.get("auto") else "")


def about_payment(world: World, payment: Doc, checkout: Doc | None) -> None:
    """Somebody paid, or tried to."""
    captured = payment["status"] == "captured"
    if payment["provider"] == "stripe":
        key = _stripe_key()
        intent = stripe_api.intent(world, payment)
        kind = "payment_intent.succeeded" if captured else "payment_intent.payment_failed"
        write(world, provider="stripe", kind=kind, body=stripe_api.event(world, kind, intent, key=key), key=key)
        if captured and checkout is not None:
            key, kind = _stripe_key(), "checkout.session.completed"
            body = stripe_api.event(world, kind, stripe_api.session(world, checkout), key=key)
            write(world, provider="stripe", kind=kind, body=body, key=key)
        return
    kind = "payment.captured" if captured else "payment.failed"
    entity = razorpay_api.payment(world, payment)
    body = razorpay_api.event(world, kind, payment=entity)
    write(world, provider="razorpay", kind=kind, body=body, key=_razorpay_key())
    if captured and checkout is not None:
        kind, link = "payment_link.paid", razorpay_api.link(world, checkout)
        body = razorpay_api.event(world, kind, payment_link=link, payment=entity)
        write(world, provider="razorpay", kind=kind, body=body, key=_razorpay_key())


def about_refund(world: World, refund: Doc) -> None:
    """A refund was made, or something became of it."""
    if refund["provider"] == "stripe":
        key, kind = _stripe_key(), STRIPE_REFUND[refund["status"]]
        body = stripe_api.event(world, kind, stripe_api.refund(refund), key=key)
        write(world, provider="stripe", kind=kind, body=body, key=key)
        return
    kind, payment = RAZORPAY_REFUND[refund["status"]], world.store.get("payment", refund["payment"])
    entities = {"refund": razorpay_api.refund(refund), "payment": razorpay_api.payment(world, payment or {})}
    write(
        world,
        provider="razorpay",
        kind=kind,
        body=razorpay_api.event(world, kind, **entities),
        key=_razorpay_key(),
    )


def signed_headers(*, provider: str, secret: str, body: str, key: str, at: int) -> dict[str, str]:
    """The headers with which an event goes out."""
    if provider == "stripe":
        return {"Stripe-Signature": f"t={at},v1={_mac(secret, f'{at}.{body}')}"}
    return {"X-Razorpay-Signature": _mac(secret, body), "x-razorpay-event-id": key}


def send(world: World, event: Doc, *, secret: str | None = None, at: int | None = None, url: str = "") -> int:
    """Send an event once; the status that came back, 0 for none. Another `secret` forges it, an old `at` dates it."""
    target = world.setting("webhooks").get(event["provider"], {})
    headers = signed_headers(
        provider=event["provider"],
        secret=target.get("secret", "") if secret is None else secret,
        body=event["body"],
        key=event["id"],
        at=int(world.now()) if at is None else at,
    )
    request = urllib.request.Request(
        url or target["url"],
        data=event["body"].encode(),
        headers=headers | {"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def send_waiting(world: World) -> None:
    """Send what goes out by itself; what is not taken is tried again, up to ten times."""
    for event in world.store.every("event", state="waiting"):
        taken = send(world, event) == 200
        tried = event | {"tries": event["tries"] + 1}
        with world.store.transaction():
            if world.store.get("event", event["id"]) is not None:  # else the fake was reset meanwhile
                world.store.put("event", tried, state="" if taken or tried["tries"] >= 10 else "waiting")


def _mac(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _stripe_key() -> str:
    return f"evt_{uuid.uuid4().hex[:24]}"


def _razorpay_key() -> str:
    return uuid.uuid4().hex[:14]


def listed(world: World) -> list[dict[str, Any]]:
    """Every event, oldest first."""
    return [{name: doc[name] for name in ("id", "provider", "kind", "body")} for doc in world.store.every("event")]
