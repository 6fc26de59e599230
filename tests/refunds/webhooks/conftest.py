from collections.abc import Callable

import pytest
from django.test import Client

from refunds.gateways.registry import GATEWAYS
from tests.fake_provider.client import FakeProvider
from tests.fake_provider.fixtures import fake_process, fake_provider
from tests.refunds.bench import Bench, bench_of
from tests.refunds.webhooks.post import Post, poster

__all__ = ["fake_process", "fake_provider"]


@pytest.fixture(params=["stripe", "razorpay"])
def bench(request: pytest.FixtureRequest, fake_provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Each provider in turn, served under its name."""
    made = bench_of(request.param, fake_provider)
    monkeypatch.setitem(GATEWAYS, made.provider, made.gateway)
    return made


@pytest.fixture
def post(client: Client) -> Callable[..., Post]:
    """Post an event as the provider would; the answer's status and how long it took."""
    return poster(client)
