"""The tests' own guards can fail."""

import socket

import pytest

from tests import network


def test_connect_when_other_machine() -> None:
    with socket.socket() as wire, pytest.raises(network.NetworkUsedError):
        wire.connect(("192.0.2.1", 80))


def test_lookup_when_other_machine() -> None:
    with pytest.raises(network.NetworkUsedError):
        socket.getaddrinfo("fairslot.example", 443)


def test_connect_when_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as wire:
        assert wire.getpeername() == server.getsockname()
