"""The web server: one thread a connection, and one that lets refunds settle and webhooks go out."""

import contextlib
import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import urlsplit

from tests.fake_provider import api, control, pages
from tests.fake_provider.answers import Answer, say
from tests.fake_provider.world import World

TICK_SECONDS = 0.1
_RST_ON_CLOSE = struct.pack("ii", 1, 0)


class Server(ThreadingHTTPServer):
    """The fake on a port of this machine."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *, port: int, state: str) -> None:
        self.world = World(state)
        self.stopped = threading.Event()
        super().__init__(("127.0.0.1", port), Handler)

    def run(self) -> None:
        """Serve until the process is told to stop."""
        threading.Thread(target=self._tick, daemon=True).start()
        self.serve_forever()

    def _tick(self) -> None:
        while not self.stopped.wait(TICK_SECONDS):
            control.tick(self.world)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Read something, or see a page."""
        self._serve()

    def do_POST(self) -> None:
        """Do something."""
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            answer = self._answer(body)
        except Exception as error:  # noqa: BLE001 (a mistake in a test should say what it is)
            answer = say({"error": {"type": "fake_error", "message": repr(error)}}, status=500)
        with contextlib.suppress(ConnectionError):
            self._send(answer)

    def _answer(self, body: bytes) -> Answer:
        world, address = cast("Server", self.server).world, urlsplit(self.path)
        if address.path.startswith("/_control/"):
            name = address.path.removeprefix("/_control/")
            return say(control.obey(world, name, json.loads(body or b"{}")))
        if address.path.startswith("/pay/"):
            return pages.answer_page(world, method=self.command, key=address.path.removeprefix("/pay/"), body=body)
        return api.answer_call(
            world,
            method=self.command,
            path=address.path,
            query=address.query,
            body=body,
            headers={name.lower(): value for name, value in self.headers.items()},
            base=f"http://{self.headers.get('Host', '')}",
        )

    def _send(self, answer: Answer) -> None:
        if answer.status <= 0:
            self.close_connection = True
            if answer.status < 0:
                cast("Server", self.server).world.released.wait(answer.seconds)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST_ON_CLOSE)
            self.connection.close()
            return
        content = answer.body.encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": answer.kind, "Content-Length": str(len(content)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name that the base class gives it)
        """Say nothing: `_control/calls` counts."""
