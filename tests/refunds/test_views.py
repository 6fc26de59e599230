"""The sandbox's page."""

import uuid

import pytest
from django.test import Client, override_settings

from refunds.models import Payment, SandboxCharge
from tests.refunds import builders

pytestmark = pytest.mark.django_db


def test_page_when_open(client: Client) -> None:
    page = client.get(f"/sandbox/pay/{builders.checkout().pk}/")

    assert page.status_code == 200
    assert "₹1,000.00" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert SandboxCharge.objects.count() == 0


@pytest.mark.parametrize(("choice", "paid"), [("pay", True), ("decline", False)])
def test_choice_when_posted(client: Client, choice: str, paid: bool) -> None:  # noqa: FBT001
    answer = client.post(f"/sandbox/pay/{builders.checkout().pk}/", {"choice": choice})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/appointments/1/")
    assert SandboxCharge.objects.get().paid is paid
    assert Payment.objects.count() == 0


def test_choice_when_none(client: Client) -> None:
    assert client.post(f"/sandbox/pay/{builders.checkout().pk}/", {"choice": "steal"}).status_code == 200
    assert SandboxCharge.objects.count() == 0


def test_choice_when_without_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(f"/sandbox/pay/{builders.checkout().pk}/", {"choice": "pay"}).status_code == 403
    assert SandboxCharge.objects.count() == 0


def test_page_when_checkout_is_unknown(client: Client) -> None:
    assert client.get(f"/sandbox/pay/{uuid.uuid4()}/").status_code == 404


def test_page_when_another_provider_serves_it(client: Client) -> None:
    assert client.post(f"/sandbox/pay/{builders.checkout(gateway='fake').pk}/", {"choice": "pay"}).status_code == 404
    assert SandboxCharge.objects.count() == 0


def test_page_when_there_is_no_sandbox(client: Client) -> None:
    with override_settings(SANDBOX_ENABLED=False):
        answer = client.post(f"/sandbox/pay/{builders.checkout().pk}/", {"choice": "pay"})

    assert answer.status_code == 404
    assert SandboxCharge.objects.count() == 0


def test_page_when_method_is_not_served(client: Client) -> None:
    assert client.put(f"/sandbox/pay/{builders.checkout().pk}/").status_code == 405
