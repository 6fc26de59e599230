"""What keeps this from starting: half-configured providers, and keys where they do not belong."""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from refunds.gateways import configuration, registry
from refunds.gateways.news import TellsByWebhook

STRIPE = {"STRIPE_API_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRETS": ["whsec_1"], "STRIPE_API_BASE": ""}
RAZORPAY = {
    "RAZORPAY_KEY_ID": "rzp_live_1",
    "RAZORPAY_KEY_SECRET": "secret",
    "RAZORPAY_WEBHOOK_SECRETS": ["one", "two"],
    "RAZORPAY_API_BASE": "",
}


@pytest.fixture
def codes(settings: Settings) -> Any:
    """The problems of some settings, by their codes."""

    def of(**values: Any) -> list[str]:
        for name, value in values.items():
            setattr(settings, name, value)
        return [problem.code for problem in configuration.problems()]

    return of


def test_problems_when_nothing_is_configured(codes: Any) -> None:
    assert codes() == []
    assert sorted(registry.build()) == ["sandbox"]


def test_problems_when_all_is_well(codes: Any) -> None:
    assert codes(**STRIPE, **RAZORPAY, DEFAULT_GATEWAY="razorpay") == []

    built = registry.build()

    assert sorted(built) == ["razorpay", "sandbox", "stripe"]
    assert [name for name, gateway in built.items() if isinstance(gateway, TellsByWebhook)] == ["stripe", "razorpay"]
    assert registry.default_gateway() == "razorpay"


@pytest.mark.parametrize("secrets", [[], [""], [" "], ["whsec_1", ""]])
@pytest.mark.parametrize("provider", [STRIPE, RAZORPAY], ids=["stripe", "razorpay"])
def test_problems_when_a_secret_is_empty(codes: Any, provider: dict[str, Any], secrets: list[str]) -> None:
    name = next(name for name in provider if name.endswith("SECRETS"))

    assert codes(**provider | {name: secrets}) == ["refunds.E001"]


@pytest.mark.parametrize("where", ["DEMO", "DEBUG"])
def test_problems_when_a_live_key_is_on_a_developers_machine(codes: Any, where: str) -> None:
    assert codes(**STRIPE, **RAZORPAY, **{where: True}) == ["refunds.E002", "refunds.E002"]


def test_problems_when_a_test_key_is_in_production(codes: Any) -> None:
    test_keys = STRIPE | RAZORPAY | {"STRIPE_API_KEY": "sk_test_1", "RAZORPAY_KEY_ID": "rzp_test_1"}

    assert codes(**test_keys) == ["refunds.E003", "refunds.E003"]
    assert codes(**test_keys, ALLOW_TEST_KEYS=True) == []
    assert codes(**test_keys, ALLOW_TEST_KEYS=False, DEMO=True) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"RAZORPAY_KEY_SECRET": ""}, ["refunds.E004"]),
        ({"RAZORPAY_API_BASE": "http://proxy.example"}, ["refunds.E004"]),
        ({"RAZORPAY_API_BASE": "https://proxy.example"}, []),
        ({"RAZORPAY_API_BASE": "http://127.0.0.1:9000/razorpay"}, []),
    ],
)
def test_problems_when_half_a_key_or_an_open_road(codes: Any, change: dict[str, str], found: list[str]) -> None:
    assert codes(**RAZORPAY | change) == found


def test_problems_when_the_default_is_not_served(codes: Any) -> None:
    assert codes(DEFAULT_GATEWAY="stripe") == ["refunds.E005"]


def test_start_when_there_is_a_problem(codes: Any) -> None:
    codes(**STRIPE | {"STRIPE_WEBHOOK_SECRETS": []})

    with pytest.raises(ImproperlyConfigured, match=r"refunds\.E001: Stripe has a key but no webhook secret"):
        registry.build()
    assert "refunds.E001" in [message.id for message in run_checks()]


def test_gateway_when_made_from_the_settings(codes: Any) -> None:
    codes(**STRIPE | RAZORPAY | {"PROVIDER_TIMEOUT_SECONDS": 20.0})
    made = list(configuration.configured().values())

    assert [gateway.name for gateway in made] == ["stripe", "razorpay"]
    assert not any("sk_live_1" in repr(gateway) or "secret" in repr(gateway) for gateway in made)
