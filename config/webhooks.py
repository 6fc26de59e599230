"""Webhooks to partners: which private networks they may go to."""

import ipaddress

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

_LOOPBACK = ["127.0.0.0/8", "::1/128"]


def webhook_networks(*, on_this_machine: bool) -> list[str]:
    """Return the networks that are not public and may be called all the same; on a developer's machine the machine itself.

    Raises `ImproperlyConfigured` for what is no network.
    """
    given: list[str] = env.list("WEBHOOK_PRIVATE_NETWORKS", default=_LOOPBACK if on_this_machine else [])
    for network in given:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise ImproperlyConfigured(
                f"WEBHOOK_PRIVATE_NETWORKS: {network!r} is no network; write it like 10.20.0.0/16."
            ) from None
    return given
