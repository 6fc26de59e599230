import pytest

from refunds.gateways.registry import GATEWAYS
from tests.refunds.fake import FakeGateway


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """A provider that does what the test says."""
    fake = FakeGateway()
    monkeypatch.setitem(GATEWAYS, "fake", fake)
    return fake
