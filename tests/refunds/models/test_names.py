"""Rows as logs and the desk name them."""

from refunds.models import GatewayEvent


def test_webhook_when_named() -> None:
    assert str(GatewayEvent(gateway="stripe", event_id="evt_1")) == "stripe:evt_1"
