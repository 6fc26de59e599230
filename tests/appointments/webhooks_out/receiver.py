"""A server of a partner: keeps what it is sent and answers what it is told."""

import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass
class Sent:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`status`, `answer` and `extra` headers are what the next requests get."""

    status: int = 204
    answer: bytes = b""
    extra: dict[str, str] = field(default_factory=dict)
    got: list[Sent] = field(default_factory=list)
    context: ssl.SSLContext | None = None

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(Sent(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.status)
                for name, value in {"Content-Length": str(len(receiver.answer)), **receiver.extra}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(receiver.answer)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_args: Any) -> None:
                """A client that hangs up is what some tests are about."""

        self.server = Server(("127.0.0.1", 0), Handler)
        if self.context:
            self.server.socket = self.context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?from=fairslot"
