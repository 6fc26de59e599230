"""One POST to one address: to numbers that were checked, under the right name, within ten seconds, redirects not followed."""

import io
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from time import perf_counter  # a stopwatch for limits and the log; no moment is read from it
from typing import Any

import certifi

from appointments.webhooks_out.addresses import ForbiddenAddressError, Target, numbers_of

CONNECT_WITHIN = 5.0
ALL_WITHIN = 10.0
_MOST_OF_ANSWER = 4096
_SHOWN = 300
_NOT_SHOWN = re.compile(r"[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended. `status` is None where no answer came; `problem` says then why, in words for the log."""

    milliseconds: int
    status: int | None = None
    answer: str = ""
    problem: str = ""
    retry_after: str = ""

    @property
    def is_taken(self) -> bool:
        """Tell whether the other side took the message."""
        return self.status is not None and 200 <= self.status < 300


def post(target: Target, *, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send, and tell how it ended; never raises for what the other side or the network does."""
    watch = _Watch(ALL_WITHIN)
    try:
        return _exchange(target, body, headers, watch)
    except ForbiddenAddressError as error:
        problem = f"refused: {error}"
    except ssl.SSLCertVerificationError as error:
        problem = f"its certificate was not accepted: {error.verify_message}"
    except TimeoutError:
        problem = "no answer in time"
    except (OSError, HTTPException, ValueError) as error:
        problem = f"{type(error).__name__}: {error}"
    return Outcome(watch.milliseconds, problem=_clean(problem)[:250])


def _exchange(target: Target, body: bytes, headers: Mapping[str, str], watch: "_Watch") -> Outcome:
    with _open(target, watch) as wire:
        connection = HTTPConnection(target.host, target.port)
        connection.sock = _Timed(wire, watch)
        connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
        named = {"Host": _host(target), "Content-Length": str(len(body)), "Connection": "close", **headers}
        for name, value in named.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        retry_after = answer.headers.get("Retry-After", "")[:40]
        try:
            start = answer.read(_MOST_OF_ANSWER)
        except (OSError, HTTPException):  # the status counts, whatever becomes of the rest
            start = b""
        shown = _clean(start.decode(errors="replace"))[:_SHOWN]
        return Outcome(watch.milliseconds, status=answer.status, answer=shown, retry_after=retry_after)


def _open(target: Target, watch: "_Watch") -> socket.socket:
    """Connect to the first number that answers. Between the check and the connection no name is looked up again."""
    numbers = numbers_of(target)
    last: OSError = OSError("the name has no number")
    for number in numbers:
        try:
            wire = socket.create_connection((number, target.port), timeout=min(CONNECT_WITHIN, watch.left()))
        except OSError as error:
            last = error
            continue
        if not target.is_https:
            return wire
        try:
            wire.settimeout(watch.left())
            return tls_context().wrap_socket(wire, server_hostname=target.host)
        except BaseException:
            wire.close()
            raise
    raise last


def tls_context() -> ssl.SSLContext:
    """Return what certificates are checked by: the public authorities, TLS 1.2 or newer, and the name."""
    return ssl.create_default_context(cafile=certifi.where())


def _host(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    return name if target.port == (443 if target.is_https else 80) else f"{name}:{target.port}"


def _clean(text: str) -> str:
    return _NOT_SHOWN.sub(" ", text).strip()


class _Watch:
    """The time that is left of all that a try may take."""

    def __init__(self, seconds: float) -> None:
        """Start it."""
        self._start, self._seconds = perf_counter(), seconds

    @property
    def milliseconds(self) -> int:
        """How long it has run."""
        return round((perf_counter() - self._start) * 1000)

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError when none are."""
        left = self._seconds - (perf_counter() - self._start)
        if left <= 0:
            raise TimeoutError
        return left


class _Timed:
    """A socket that gives each read and write only the time that is left: one byte a second gains nobody anything."""

    def __init__(self, wire: socket.socket, watch: _Watch) -> None:
        self._wire, self._watch = wire, watch

    def sendall(self, data: Any) -> None:
        """Send everything."""
        self._wire.settimeout(self._watch.left())
        self._wire.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what the answer is read from."""
        return io.BufferedReader(_TimedReader(self._wire, self._watch))

    def close(self) -> None:
        """Leave it to `_exchange`, which opened it."""


class _TimedReader(io.RawIOBase):
    def __init__(self, wire: socket.socket, watch: _Watch) -> None:
        super().__init__()
        self._wire, self._watch = wire, watch

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there, within the time that is left."""
        self._wire.settimeout(self._watch.left())
        return self._wire.recv_into(buffer)
