"""What a webhook's body is about."""

import json

import pytest

from refunds.gateways.stripe import StripeGateway
from tests.fake_provider.client import FakeProvider
from tests.refunds.bench import razorpay_gateway

GATEWAY = StripeGateway(
    api_key="sk_test_1", webhook_secrets=("whsec_1",), api_base="", site_url="http://localhost", timeout=1.0
)


@pytest.mark.parametrize("live", [True, False])
def test_subject_when_live_and_test_are_kept_apart(live: bool) -> None:  # noqa: FBT001
    body = json.dumps({"livemode": live, "data": {"object": {"object": "refund", "id": "re_1"}}}).encode()

    subject = GATEWAY.subject_of(body=body)

    assert (subject.provider_id if subject else None) == (None if live else "re_1")


def test_subject_when_it_is_none_of_ours() -> None:
    body = json.dumps({"livemode": False, "data": {"object": {"object": "invoice", "id": "in_1"}}}).encode()

    assert GATEWAY.subject_of(body=body) is None


def test_subject_when_a_page_was_left_unpaid() -> None:
    unpaid = {"object": "checkout.session", "id": "cs_1", "payment_intent": None}

    assert GATEWAY.subject_of(body=json.dumps({"livemode": False, "data": {"object": unpaid}}).encode()) is None


def test_event_when_it_is_about_neither_refund_nor_payment(fake_provider: FakeProvider) -> None:
    body = b'{"event": "invoice.paid", "payload": {"invoice": {"entity": {"id": "inv_1"}}}}'

    assert razorpay_gateway(fake_provider).subject_of(body=body) is None
