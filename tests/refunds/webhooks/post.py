"""An event on its way to us."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client

from tests.fake_provider.events import signed_headers
from tests.fake_provider.fixtures import RAZORPAY_SECRET, STRIPE_SECRET
from tests.fake_provider.store import Doc

SECRETS = {"stripe": STRIPE_SECRET, "razorpay": RAZORPAY_SECRET}


@dataclass(frozen=True)
class Post:
    """What came back."""

    status: int
    seconds: float


def poster(client: Client) -> Callable[..., Post]:
    """A function that posts events through this client."""

    def post(event: Doc, *, secret: str | None = None, age: int = 0, body: str | None = None) -> Post:
        headers = signed_headers(
            provider=event["provider"],
            secret=SECRETS[event["provider"]] if secret is None else secret,
            body=event["body"],
            key=event["id"],
            at=int(time.time()) - age,
        )
        started = time.perf_counter()
        answer = client.post(
            f"/webhooks/{event['provider']}/",
            data=event["body"] if body is None else body,
            content_type="application/json",
            headers=headers,
        )
        return Post(answer.status_code, time.perf_counter() - started)

    return post
