"""Which providers there are, by name."""

from refunds.gateways.base import Gateway
from refunds.gateways.sandbox import SandboxGateway

GATEWAYS: dict[str, Gateway] = {"sandbox": SandboxGateway()}


def gateway_named(name: str) -> Gateway:
    """The provider of that name. Raises `KeyError` for one that is not served here."""
    return GATEWAYS[name]
