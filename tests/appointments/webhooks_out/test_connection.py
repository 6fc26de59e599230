"""The POST itself, against real servers on this machine."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from appointments.webhooks_out import addresses, connection
from appointments.webhooks_out.addresses import Target, read_address
from appointments.webhooks_out.connection import Outcome, post
from tests.appointments.webhooks_out.receiver import Receiver

NAME = "hooks.partner.example"


def certificate(folder: Path) -> Path:
    """A certificate for NAME, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none))
    return path


@pytest.fixture
def tls(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Receiver, list[str]]]:
    """A server under NAME, which the resolver says is on this machine; and the names that clients asked it for."""
    settings.WEBHOOK_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(addresses, "look_up", lambda _host, _port: ["127.0.0.1"])
    path, asked = certificate(tmp_path), []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    monkeypatch.setattr(connection, "tls_context", lambda: ssl.create_default_context(cafile=str(path)))
    with Receiver(context=context) as server:
        yield server, asked


def send(url: str) -> Outcome:
    return post(read_address(url), body=b'{"a":1}', headers={"Content-Type": "application/json"})


def test_post_when_taken(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b"thanks\x00\x1b[31m"

    outcome = send(receiver.url)

    (sent,) = receiver.got
    assert (sent.path, sent.body, sent.headers["host"]) == (
        "/hooks?from=fairslot",
        b'{"a":1}',
        f"127.0.0.1:{receiver.port}",
    )
    assert (outcome.status, outcome.answer, outcome.is_taken, outcome.problem) == (200, "thanks [31m", True, "")


def test_post_when_redirected(receiver: Receiver) -> None:
    with Receiver() as elsewhere:
        receiver.status, receiver.extra = 307, {"Location": elsewhere.url}

        outcome = send(receiver.url)

    assert (outcome.status, outcome.is_taken, elsewhere.got) == (307, False, [])


def test_post_when_the_answer_is_long(receiver: Receiver) -> None:
    receiver.answer, receiver.status = b"x" * 3_000_000, 500

    outcome = send(receiver.url)

    assert (outcome.status, outcome.answer) == (500, "x" * 300)


def test_post_when_nobody_listens(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS, settings.WEBHOOK_PLAIN_HTTP = ["127.0.0.0/8"], True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    outcome = send(f"http://127.0.0.1:{port}/")

    assert (outcome.status, outcome.is_taken) == (None, False)
    assert outcome.problem.startswith("ConnectionRefusedError")


def test_post_when_one_byte_at_a_time(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each read is quick; all of them together may not take longer than a try may."""
    settings.WEBHOOK_PRIVATE_NETWORKS, settings.WEBHOOK_PLAIN_HTTP = ["127.0.0.0/8"], True
    monkeypatch.setattr(connection, "ALL_WITHIN", 0.3)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            wire, _ = server.accept()
            with wire:
                for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000:
                    if stop.wait(0.02):
                        return
                    try:
                        wire.sendall(bytes([byte]))
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        outcome = send(f"http://127.0.0.1:{server.getsockname()[1]}/")
        stop.set()
        thread.join(5)

    assert (outcome.status, outcome.problem, outcome.milliseconds < 2000) == (None, "no answer in time", True)


def test_post_when_it_is_no_http(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS, settings.WEBHOOK_PLAIN_HTTP = ["127.0.0.0/8"], True
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            wire, _ = server.accept()
            with wire:
                wire.recv(4096)
                wire.sendall(b"SSH-2.0-OpenSSH\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        outcome = send(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join(5)

    assert (outcome.status, outcome.problem) == (None, "BadStatusLine: SSH-2.0-OpenSSH")


def test_post_when_over_tls(tls: tuple[Receiver, list[str]]) -> None:
    """The connection goes to the number that was checked; the name is the one in the address, to TLS and to HTTP."""
    server, asked = tls

    outcome = send(f"https://{NAME}:{server.port}/x")

    assert (outcome.status, asked, server.got[0].headers["host"]) == (204, [NAME], f"{NAME}:{server.port}")


def test_post_when_the_certificate_is_anothers(tls: tuple[Receiver, list[str]]) -> None:
    server, _ = tls

    outcome = send(f"https://other.example:{server.port}/x")

    assert (outcome.status, server.got) == (None, [])
    assert outcome.problem.startswith("its certificate was not accepted: Hostname mismatch")


@pytest.mark.parametrize("numbers", [["127.0.0.1"], ["127.0.0.2", "127.0.0.1"], ["::ffff:127.0.0.1"]])
def test_post_when_the_name_leads_inside(
    tls: tuple[Receiver, list[str]], numbers: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, asked = tls
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    monkeypatch.setattr(addresses, "look_up", lambda _host, _port: numbers)

    outcome = send(f"https://{NAME}:{server.port}/x")

    assert (outcome.status, outcome.problem) == (None, f"refused: {numbers[0]} is not public")
    assert (asked, server.got) == ([], [])


def test_post_when_the_name_changes_between_look_ups(
    tls: tuple[Receiver, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up once: a second answer, pointing elsewhere, is never asked for."""
    server, _ = tls
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    monkeypatch.setattr(addresses, "look_up", lambda _host, _port: answers.pop(0))

    assert send(f"https://{NAME}:{server.port}/x").status == 204
    assert answers == [["10.0.0.1"]]


def test_post_when_the_first_number_is_dead(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "look_up", lambda _host, _port: ["127.0.0.9", "127.0.0.1"])
    target = Target("hooks.example", receiver.port, "/", is_https=False)

    assert post(target, body=b"", headers={}).status == 204
