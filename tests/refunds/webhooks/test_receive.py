"""Webhooks at the door: who may speak, how often, how long."""

import hmac
import json
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from refunds.gateways.registry import GATEWAYS
from refunds.models import GatewayEvent
from tests.fake_provider.client import FakeProvider
from tests.fake_provider.store import Doc
from tests.refunds import builders
from tests.refunds.bench import Bench, bench_of, razorpay_gateway, stripe_gateway
from tests.refunds.webhooks.post import SECRETS, Post, poster

pytestmark = pytest.mark.usefixtures("promises")
Poster = Callable[..., Post]


@pytest.fixture
def event(bench: Bench) -> Doc:
    """The newest thing that happened: a refund of ours was made."""
    builders.work(builders.refund(bench.recorded()))
    return bench.fake.events()[-1]


def test_event_when_it_comes(bench: Bench, event: Doc, post: Poster) -> None:
    answer = post(event)

    kept = GatewayEvent.objects.get()
    assert answer.status == 200
    assert (kept.gateway, kept.event_id, bytes(kept.body).decode(), kept.state) == (
        bench.provider,
        event["id"],
        event["body"],
        "new",
    )


def test_event_when_it_comes_eight_times(event: Doc, post: Poster) -> None:
    answers = [post(event) for _ in range(8)]

    assert [answer.status for answer in answers] == [200] * 8
    assert GatewayEvent.objects.count() == 1


def test_answer_when_timed(event: Doc, post: Poster, bench: Bench) -> None:
    post(event)  # the first request of a process loads what it needs
    bench.fake.fault("timeout", operation="*", times=99, seconds=5)

    assert min(post(event).seconds for _ in range(5)) < 0.1


def test_event_when_forged(event: Doc, post: Poster) -> None:
    assert post(event, secret="somebody else's").status == 400
    assert GatewayEvent.objects.count() == 0


def test_event_when_signed_with_an_empty_secret(event: Doc, post: Poster) -> None:
    assert post(event, secret="").status == 400
    assert GatewayEvent.objects.count() == 0


def test_event_when_our_own_secret_is_empty(
    event: Doc, post: Poster, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = {"stripe": stripe_gateway, "razorpay": razorpay_gateway}[bench.provider]
    monkeypatch.setitem(GATEWAYS, bench.provider, make(bench.fake, webhook_secrets=("",)))

    assert post(event, secret="").status == 400
    assert GatewayEvent.objects.count() == 0


def test_event_when_changed_on_the_way(event: Doc, post: Poster) -> None:
    assert post(event, body=event["body"].replace("75000", "76000")).status == 400
    assert GatewayEvent.objects.count() == 0


@pytest.mark.parametrize(("age", "status"), [(200, 200), (301, 400)])
def test_event_when_it_is_old(bench: Bench, event: Doc, post: Poster, age: int, status: int) -> None:
    expected = (
        status if bench.provider == "stripe" else 200
    )  # Razorpay signs no time, and an old event only makes us look

    assert post(event, age=age).status == expected


@pytest.mark.parametrize("secret", ["old secret", "new secret"])
def test_event_when_the_secret_is_being_replaced(
    bench: Bench, event: Doc, post: Poster, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    make = {"stripe": stripe_gateway, "razorpay": razorpay_gateway}[bench.provider]
    both = make(bench.fake, webhook_secrets=("new secret", "old secret"))
    monkeypatch.setitem(GATEWAYS, bench.provider, both)

    assert post(event, secret=secret).status == 200
    assert post(event, secret=SECRETS[bench.provider]).status == 400


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', '{"a": 1}', "\x00"])
def test_event_when_it_is_none(bench: Bench, post: Poster, body: str) -> None:
    assert post({"provider": bench.provider, "id": "evt_1", "body": body}).status == 400
    assert GatewayEvent.objects.count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": "", "X-Razorpay-Signature": ""},
        {"Stripe-Signature": "t=x,v1=", "X-Razorpay-Signature": "é"},
        {"Stripe-Signature": "t=1,v1=é", "X-Razorpay-Signature": "0" * 64},
    ],
)
def test_event_when_the_signature_is_nonsense(bench: Bench, client: Client, headers: dict[str, str]) -> None:
    answer = client.post(
        f"/webhooks/{bench.provider}/", data=b"\xff{}", content_type="application/json", headers=headers
    )

    assert answer.status_code == 400
    assert GatewayEvent.objects.count() == 0


@pytest.mark.parametrize(("length", "status"), [(1024 * 1024, 400), (1024 * 1024 + 1, 413), (10_000_000, 413)])
def test_event_when_it_is_long(bench: Bench, client: Client, length: int, status: int) -> None:
    answer = client.post(f"/webhooks/{bench.provider}/", data=b"x" * length, content_type="application/json")

    assert answer.status_code == status
    assert GatewayEvent.objects.count() == 0


def test_event_when_its_length_is_nonsense(bench: Bench, client: Client) -> None:
    answer = client.post(f"/webhooks/{bench.provider}/", data=b"x", content_type="text/plain", CONTENT_LENGTH="-1")

    assert answer.status_code == 413


def test_address_when_it_is_read(bench: Bench, client: Client) -> None:
    assert client.get(f"/webhooks/{bench.provider}/").status_code == 405


@pytest.mark.parametrize("provider", ["sandbox", "nobody"])
def test_address_when_the_provider_is_not_served(client: Client, provider: str) -> None:
    assert client.post(f"/webhooks/{provider}/", data=b"{}", content_type="application/json").status_code == 404


def test_event_when_csrf_is_enforced(event: Doc) -> None:
    assert poster(Client(enforce_csrf_checks=True))(event).status == 200


def test_event_when_razorpay_gives_it_no_id(fake_provider: FakeProvider) -> None:
    razorpay = bench_of("razorpay", fake_provider)
    body = json.dumps({"event": "refund.created", "payload": {}}).encode()
    long_id = {"X-Razorpay-Event-Id": "x" * 200}
    headers = {"X-Razorpay-Signature": hmac.new(SECRETS["razorpay"].encode(), body, "sha256").hexdigest()}

    ids = [razorpay.gateway.event_id(body=body, headers=headers | more) for more in ({}, long_id)]

    assert ids[0] == ids[1]
    assert ids[0].startswith("sha256:")


@pytest.mark.django_db(transaction=True)
def test_event_when_the_provider_sends_it_itself(bench: Bench, event: Doc, live_server: LiveServer) -> None:
    url = f"{live_server.url}/webhooks/{bench.provider}/"
    bench.fake.set(webhooks={bench.provider: {"url": url, "secret": SECRETS[bench.provider]}})

    assert bench.fake.send(event, event) == [200, 200]
    assert bench.fake.send(event, secret="forged") == [400]
    assert GatewayEvent.objects.count() == 1
