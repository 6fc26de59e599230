from collections.abc import Iterator

import pytest

from refunds.gateways.registry import GATEWAYS
from tests.refunds import builders
from tests.refunds.fake import FakeGateway


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """A provider that does what the test says."""
    fake = FakeGateway()
    monkeypatch.setitem(GATEWAYS, "fake", fake)
    return fake


@pytest.fixture
def promises(db: None) -> Iterator[None]:
    """Whatever a test did: the books balance and every promise holds afterwards."""
    yield
    assert builders.broken_promises() == []
