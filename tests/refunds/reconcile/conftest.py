import pytest

from refunds.gateways.registry import GATEWAYS
from tests.fake_provider.client import FakeProvider
from tests.fake_provider.fixtures import fake_process, fake_provider
from tests.refunds.bench import Bench, bench_of
from tests.refunds.reconcile.account import Account

__all__ = ["fake_process", "fake_provider"]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    """The only provider, with an account."""
    made = Account()
    for name in list(GATEWAYS):
        monkeypatch.delitem(GATEWAYS, name)
    monkeypatch.setitem(GATEWAYS, "fake", made)
    return made


@pytest.fixture(params=["stripe", "razorpay"])
def bench(request: pytest.FixtureRequest, fake_provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Each provider in turn, served under its name."""
    made = bench_of(request.param, fake_provider)
    monkeypatch.setitem(GATEWAYS, made.provider, made.gateway)
    return made
