"""Rows as logs and the desk name them."""

from refunds.models import GatewayEvent, PayoutLink


def test_webhook_when_named() -> None:
    assert str(GatewayEvent(gateway="stripe", event_id="evt_1")) == "stripe:evt_1"


def test_payout_link_when_named() -> None:
    assert str(PayoutLink(pk=7)) == "payout link 7"
