"""Which providers the settings name, and what is wrong with that. Nothing starts with a half-configured provider."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from refunds.gateways.base import Gateway

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Problem:
    """A reason not to start. `code` is the id of the system check."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class _Account:
    """One provider as the settings describe it. `make` builds its gateway."""

    name: str
    key: str
    keys: tuple[str, ...]
    secrets: tuple[str, ...]
    base: str
    make: Callable[[], Gateway]


def problems() -> list[Problem]:
    """Everything that keeps the configured providers from being used; nothing for one that is not configured."""
    found = [problem for account in _accounts() for problem in _problems_of(account)]
    names = {account.name for account in _accounts()} | {"sandbox"}
    if settings.DEFAULT_GATEWAY not in names:
        found.append(Problem("refunds.E005", f"DEFAULT_GATEWAY names {settings.DEFAULT_GATEWAY!r}, which has no key."))
    return found


def configured() -> dict[str, Gateway]:
    """The gateways that the settings describe, by name."""
    return {account.name: account.make() for account in _accounts()}


def _problems_of(account: _Account) -> list[Problem]:
    """Missing secrets, and keys where they do not belong."""
    name, live = account.name.capitalize(), "_live_" in account.key
    local = settings.DEMO or settings.DEBUG
    address = urlsplit(account.base)
    open_road = bool(account.base) and address.scheme != "https" and address.hostname not in _THIS_MACHINE
    checks = {
        Problem("refunds.E001", f"{name} has a key but no webhook secret; an empty one would sign for everybody."): (
            not account.secrets or not all(secret.strip() for secret in account.secrets)
        ),
        Problem("refunds.E002", f"{name} has a live key, which DEMO and DEBUG may not use."): live and local,
        Problem(
            "refunds.E003", f"{name} has a test key; set ALLOW_TEST_KEYS=1 where no real money is meant to move."
        ): (not live and not local and not settings.ALLOW_TEST_KEYS),
        Problem("refunds.E004", f"{name} has only half of its key, or an address without https."): (
            not all(account.keys) or open_road
        ),
    }
    return [problem for problem, wrong in checks.items() if wrong]


def _accounts() -> list[_Account]:
    """The providers with a key."""
    return [account for account in (_stripe(), _razorpay()) if any(account.keys)]


def _stripe() -> _Account:
    """Stripe, as the settings describe it."""
    secrets = tuple(settings.STRIPE_WEBHOOK_SECRETS)

    def make() -> Gateway:
        from refunds.gateways.stripe import StripeGateway  # noqa: PLC0415 (its SDK takes half a second to load)

        return StripeGateway(
            api_key=settings.STRIPE_API_KEY,
            webhook_secrets=secrets,
            api_base=settings.STRIPE_API_BASE,
            site_url=settings.SITE_URL,
            timeout=settings.PROVIDER_TIMEOUT_SECONDS,
        )

    return _Account(
        name="stripe",
        key=settings.STRIPE_API_KEY,
        keys=(settings.STRIPE_API_KEY,),
        secrets=secrets,
        base=settings.STRIPE_API_BASE,
        make=make,
    )


def _razorpay() -> _Account:
    """Razorpay, as the settings describe it."""
    secrets = tuple(settings.RAZORPAY_WEBHOOK_SECRETS)

    def make() -> Gateway:
        from refunds.gateways.razorpay import RazorpayGateway  # noqa: PLC0415 (its SDK takes half a second to load)

        return RazorpayGateway(
            key_id=settings.RAZORPAY_KEY_ID,
            key_secret=settings.RAZORPAY_KEY_SECRET,
            webhook_secrets=secrets,
            api_base=settings.RAZORPAY_API_BASE,
            site_url=settings.SITE_URL,
            timeout=settings.PROVIDER_TIMEOUT_SECONDS,
        )

    return _Account(
        name="razorpay",
        key=settings.RAZORPAY_KEY_ID,
        keys=(settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET),
        secrets=secrets,
        base=settings.RAZORPAY_API_BASE,
        make=make,
    )
