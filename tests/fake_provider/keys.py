"""Idempotency keys, as the providers keep them.

A key answers as the first time for 24 hours (Stripe; Razorpay documents none, the same is assumed), a stored 500 and a stored no too. The
same key with another body is refused, and while the first call still runs the second gets 409. An answer to a call that did not begin
(401, 409, 429, a malformed request) is not kept.
"""

import hashlib
import json
from enum import Enum
from typing import Any

from tests.fake_provider.answers import Answer
from tests.fake_provider.world import World


class Found(Enum):
    """What a key stands for when a call with it arrives."""

    NEW = "new"
    RUNNING = "running"
    OTHER_BODY = "other body"


def begin(world: World, *, provider: str, key: str, asked: Any) -> Found | Answer:
    """Take the key for this call, or say what it stands for; an `Answer` is a replay."""
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    name = f"{provider}:{key}"
    with world.store.transaction():
        known = world.store.get("key", name)
        if known is not None and world.now() - known["at"] < world.setting("key_lifetime"):
            if known["asked"] != digest:
                return Found.OTHER_BODY
            if known["answer"] is None:
                return Found.RUNNING
            return Answer(**known["answer"] | {"headers": {"Idempotent-Replayed": "true"}})
        world.store.put("key", {"id": name, "asked": digest, "answer": None, "at": world.now()}, state="running")
    return Found.NEW


def finish(world: World, *, provider: str, key: str, answer: Answer) -> None:
    """Keep the answer under the key."""
    with world.store.transaction():
        known = world.store.get("key", f"{provider}:{key}")
        if known is not None:
            kept = {"status": answer.status, "body": answer.body, "kind": answer.kind}
            world.store.put("key", known | {"answer": kept})


def forget(world: World, *, provider: str, key: str) -> None:
    """The call did not begin: the key is free again."""
    world.store.drop("key", key=f"{provider}:{key}")
