"""Tests talk to this machine only: any other address is an error, not a slow or flaky test."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class NetworkUsedError(RuntimeError):
    """A test tried to reach another machine. No OSError, so that code which forgives those does not hide it."""


def refuse_other_machines(host: object) -> None:
    """Raise NetworkUsedError unless `host` (a name or an address) is this machine."""
    if host in {None, "", "localhost", b"localhost"}:
        return
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        raise NetworkUsedError(f"a test looked up {host!r}") from None
    if not (address.is_loopback or address.is_unspecified):
        raise NetworkUsedError(f"a test connected to {host!r}")


@contextmanager
def only_this_machine() -> Iterator[None]:
    """Within the block, Python sockets connect to this machine only and look up no other name."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            refuse_other_machines(address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family != socket.AF_UNIX:
            refuse_other_machines(address[0])
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        refuse_other_machines(host)
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield
