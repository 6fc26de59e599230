"""Twilio on this machine: takes messages over HTTP, keeps what it was told and answers what a test wants."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs


class FakeTwilio(ThreadingHTTPServer):
    """`told` holds the form, the path and the credentials of each call."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[dict[str, Any]] = []
        self.status = 201
        self.answer: dict[str, Any] = {"sid": "SM0123456789", "status": "queued"}
        self.is_silent = False
        self.released = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def refuse(self, status: int, code: int) -> None:
        """Answer with an error from now on."""
        self.status, self.answer = status, {"code": code, "message": "no", "status": str(status)}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        fake = cast("FakeTwilio", self.server)
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        told = {name: values[0] for name, values in form.items()}
        fake.told.append(told | {"path": self.path, "authorization": self.headers["Authorization"]})
        if fake.is_silent:
            fake.released.wait(5)
            return
        body = json.dumps(fake.answer).encode()
        self.send_response(fake.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name that the base class gives it)
        """Say nothing."""


@contextmanager
def fake_twilio() -> Iterator[FakeTwilio]:
    """Run it for a while."""
    server = FakeTwilio()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
