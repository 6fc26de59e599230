"""Which providers there are, by name: the sandbox, and those that the settings hold keys for."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from refunds.gateways import configuration
from refunds.gateways.base import Gateway
from refunds.gateways.sandbox import SandboxGateway


def build() -> dict[str, Gateway]:
    """Every provider of the settings. Raises `ImproperlyConfigured`, so that nothing starts with a half-configured one."""
    problems = configuration.problems()
    if problems:
        raise ImproperlyConfigured(" ".join(f"{problem.code}: {problem.text}" for problem in problems))
    return {SandboxGateway.name: SandboxGateway(), **configuration.configured()}


def gateway_named(name: str) -> Gateway:
    """The provider of that name. Raises `KeyError` for one that is not served here."""
    return GATEWAYS[name]


def default_gateway() -> str:
    """The name of the provider that a new checkout uses."""
    return str(settings.DEFAULT_GATEWAY)


GATEWAYS: dict[str, Gateway] = build()
