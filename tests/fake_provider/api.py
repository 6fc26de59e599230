"""One call of an SDK: find the operation, play the fault, mind the key, do it, answer."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from tests.fake_provider import books, disputes, events, keys, razorpay_api, stripe_api
from tests.fake_provider.answers import HTML, RESET, Answer, hang, say
from tests.fake_provider.keys import Found
from tests.fake_provider.store import Doc
from tests.fake_provider.world import Fault, World

CREATES = {"create_refund", "create_checkout", "create_order", "cancel_payment"}
KEY_HEADER = {"stripe": "idempotency-key", "razorpay": "x-refund-idempotency"}
NOT_BEGUN = {401, 403, 409, 429}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call as it came. `key` is the id in the path, `params` the body or the query."""

    provider: str
    operation: str
    key: str
    params: Any
    headers: dict[str, str]
    base: str


Doing = Callable[[World, Call], Answer]

ROUTES: list[tuple[str, str, str, str, Doing]] = [
    ("stripe", "POST", r"checkout/sessions", "create_checkout", lambda w, c: stripe_api.create_session(w, c.params, base=c.base)),
    ("stripe", "GET", r"checkout/sessions/(\w+)", "fetch_checkout", lambda w, c: stripe_api.fetch_session(w, c.key, c.params)),
    ("stripe", "GET", r"payment_intents/(\w+)", "fetch_payment", lambda w, c: _found(w, c, "payment", stripe_api.intent)),
    ("stripe", "POST", r"payment_intents/(\w+)", "update_payment", lambda w, c: stripe_api.change_intent(w, c.key, c.params, cancel=False)),
    ("stripe", "POST", r"payment_intents/(\w+)/cancel", "cancel_payment", lambda w, c: stripe_api.change_intent(w, c.key, c.params, cancel=True)),
    ("stripe", "POST", r"refunds", "create_refund", lambda w, c: stripe_api.create_refund(w, c.params)),
    ("stripe", "GET", r"refunds", "list_refunds", lambda w, c: disputes.refunds_listed(w, c.params, provider="stripe")),
    ("stripe", "GET", r"disputes", "list_disputes", lambda w, c: disputes.listed(w, c.params, provider="stripe")),
    ("stripe", "GET", r"disputes/(\w+)", "fetch_dispute", lambda w, c: _found(w, c, "dispute", lambda _, doc: disputes.render(doc))),
    ("stripe", "GET", r"refunds/(\w+)", "fetch_refund", lambda w, c: _found(w, c, "refund", lambda _, doc: stripe_api.refund(doc))),
    ("razorpay", "POST", r"payment_links/?", "create_checkout", lambda w, c: razorpay_api.create_link(w, c.params, base=c.base)),
    ("razorpay", "GET", r"payment_links/?", "list_checkouts", lambda w, c: razorpay_api.links_by_reference(w, c.params)),
    ("razorpay", "GET", r"payment_links/(\w+)", "fetch_checkout", lambda w, c: _found(w, c, "checkout", razorpay_api.link)),
    ("razorpay", "POST", r"orders", "create_order", lambda w, c: razorpay_api.create_order(w, c.params)),
    ("razorpay", "GET", r"orders/(\w+)", "fetch_order", lambda w, c: razorpay_api.fetch_order(w, c.key)),
    ("razorpay", "GET", r"orders/(\w+)/payments", "list_payments", lambda w, c: razorpay_api.payments_of_order(w, c.key)),
    ("razorpay", "GET", r"payments/(\w+)", "fetch_payment", lambda w, c: _found(w, c, "payment", razorpay_api.payment)),
    ("razorpay", "POST", r"payments/(\w+)/refund", "create_refund", lambda w, c: razorpay_api.create_refund(w, c.key, c.params)),
    ("razorpay", "GET", r"payments/(\w+)/refunds", "list_refunds", lambda w, c: razorpay_api.list_refunds(w, c.key, c.params)),
    ("razorpay", "GET", r"refunds/?", "list_refunds", lambda w, c: disputes.refunds_listed(w, c.params, provider="razorpay")),
    ("razorpay", "GET", r"disputes/?", "list_disputes", lambda w, c: disputes.listed(w, c.params, provider="razorpay")),
    ("razorpay", "GET", r"disputes/(\w+)", "fetch_dispute", lambda w, c: _found(w, c, "dispute", lambda _, doc: disputes.render(doc))),
    ("razorpay", "GET", r"refunds/(\w+)", "fetch_refund", lambda w, c: _found(w, c, "refund", lambda _, doc: razorpay_api.refund(doc))),
]  # fmt: skip


def answer_call(  # everything a request is made of
    world: World, *, method: str, path: str, query: str, body: bytes, headers: dict[str, str], base: str
) -> Answer:
    """What the provider answers to a request below `/stripe/v1` or `/razorpay/v1`."""
    found = re.fullmatch(r"/(stripe|razorpay)/v1/(.+)", path)
    for provider, by, pattern, operation, doing in ROUTES if found else []:
        match = re.fullmatch(pattern, found[2]) if found and (provider, by) == (found[1], method) else None
        if match is None:
            continue
        try:
            params = _params(provider, query=query, body=body)
        except ValueError:
            return _error(provider, 400, "malformed request")
        key = match[1] if match.groups() else ""
        call = Call(provider=provider, operation=operation, key=key, params=params, headers=headers, base=base)
        world.count(provider=provider, operation=operation)
        return _with_fault(world, call, doing)
    return say(
        {"error": {"code": "BAD_REQUEST_ERROR", "message": "no such URL", "description": "no such URL"}}, status=404
    )


def _params(provider: str, *, query: str, body: bytes) -> Any:
    if not body:
        return dict(parse_qsl(query))
    text = body.decode()
    return stripe_api.params_of(text) if provider == "stripe" else razorpay_api.json_of(text)


def _with_fault(world: World, call: Call, doing: Doing) -> Answer:
    """Play what was queued for this operation: instead of doing it, or after it was done."""
    fault = world.take_fault(provider=call.provider, operation=call.operation)
    do = partial(_done, doing=doing)
    if fault is None:
        return _checked(world, call, do)
    if fault.answer == "slow":
        return _checked(world, call, lambda w, c: _slowly(w, c, doing, fault))
    wrong = _wrong(call, fault)
    if fault.stored:
        return _checked(world, call, lambda w, c: _instead(w, c, doing, fault, wrong))
    if fault.when == "after":
        _checked(world, call, do)
    return wrong


def _slowly(world: World, call: Call, doing: Doing, fault: Fault) -> Answer:
    world.released.wait(fault.seconds)
    return _done(world, call, doing)


def _instead(world: World, call: Call, doing: Doing, fault: Fault, wrong: Answer) -> Answer:
    if fault.when == "after":
        _done(world, call, doing)
    return wrong


def _wrong(call: Call, fault: Fault) -> Answer:
    """The wrong answer itself."""
    special = {
        "timeout": hang(fault.seconds),
        "reset": RESET,
        "html": Answer(502, HTML, "text/html"),
        "html_404": Answer(404, HTML, "text/html"),  # a proxy's, not the provider's
        "bad_json": Answer(200, '{"id": "re_'),
        "empty": say({}),
    }
    if fault.answer in special:
        return special[fault.answer]
    status = int(fault.answer)
    if call.provider == "stripe":
        codes = {409: "idempotency_key_in_use", 429: "rate_limit"}
        kind = "api_error" if status >= 500 else "invalid_request_error"
        return stripe_api.error(status, codes.get(status), "Something went wrong.", kind=kind)
    code = "SERVER_ERROR" if status >= 500 else "BAD_REQUEST_ERROR"
    return razorpay_api.error(status, "Something went wrong.", code=code)


def _checked(world: World, call: Call, doing: Doing) -> Answer:
    """Mind who asks, how fast, and under which key; then do it."""
    if not _authorized(world, call):
        return _wrong(call, Fault(answer="401"))
    if world.too_fast():
        return _wrong(call, Fault(answer="429"))
    key = call.headers.get(KEY_HEADER[call.provider], "") if call.operation in CREATES else ""
    return _under_key(world, call, doing, key) if key else doing(world, call)


def _under_key(world: World, call: Call, doing: Doing, key: str) -> Answer:
    """Do it once; a repeat gets what the first got."""
    if call.provider == "razorpay" and not re.fullmatch(r"[A-Za-z0-9_-]{10,}", key):
        return razorpay_api.error(400, "The idempotency key is not valid.")
    found = keys.begin(world, provider=call.provider, key=key, asked=[call.operation, call.key, call.params])
    if found is Found.RUNNING:
        return _wrong(call, Fault(answer="409"))
    if found is Found.OTHER_BODY:
        return _other_body(call.provider)
    if isinstance(found, Answer):
        return found
    answer = doing(world, call)
    if answer.status in NOT_BEGUN:
        keys.forget(world, provider=call.provider, key=key)
    else:
        keys.finish(world, provider=call.provider, key=key, answer=answer)
    return answer


def _done(world: World, call: Call, doing: Doing) -> Answer:
    """Do it, one call at a time, and write the events of a refund that is new."""
    with world.store.transaction():
        before = {doc["id"] for doc in books.refunds_of(world, _payment_of(call))}
        answer = doing(world, call)
        for doc in books.refunds_of(world, _payment_of(call)) if call.operation == "create_refund" else []:
            if doc["id"] not in before:
                events.about_refund(world, doc | {"status": "pending"})
                if doc["status"] != "pending":
                    events.about_refund(world, doc)
    return answer


def _payment_of(call: Call) -> str:
    return str(call.params.get("payment_intent", call.key))


def _error(provider: str, status: int, text: str) -> Answer:
    return stripe_api.error(status, None, text) if provider == "stripe" else razorpay_api.error(status, text)


def _other_body(provider: str) -> Answer:
    if provider == "stripe":
        message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        return stripe_api.error(400, None, message, kind="idempotency_error")
    return razorpay_api.error(400, "Different request with the same idempotency key has already been processed.")


def _authorized(world: World, call: Call) -> bool:
    """Stripe: Bearer or Basic with the secret key; Razorpay: Basic with key id and secret."""
    kind, _, given = call.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        given = base64.b64decode(given).decode()
    return bool(given.rstrip(":") == world.setting("api_keys")[call.provider])


def _found(world: World, call: Call, kind: str, render: Callable[[World, Doc], Doc]) -> Answer:
    doc = world.store.get(kind, call.key)
    found = stripe_api.found if call.provider == "stripe" else razorpay_api.found
    return found(doc, doc and render(world, doc))
