import pytest

from refunds.gateways.registry import GATEWAYS
from tests.fake_provider.client import FakeProvider
from tests.fake_provider.fixtures import fake_process, fake_provider
from tests.refunds.bench import Bench, bench_of

__all__ = ["fake_process", "fake_provider"]


@pytest.fixture(params=["stripe", "razorpay"])
def bench(request: pytest.FixtureRequest, fake_provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Each provider in turn, served under its name."""
    made = bench_of(request.param, fake_provider)
    monkeypatch.setitem(GATEWAYS, made.provider, made.gateway)
    return made


@pytest.fixture
def stripe(fake_provider: FakeProvider) -> Bench:
    """Stripe alone."""
    return bench_of("stripe", fake_provider)


@pytest.fixture
def razorpay(fake_provider: FakeProvider) -> Bench:
    """Razorpay alone."""
    return bench_of("razorpay", fake_provider)
