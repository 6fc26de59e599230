"""A web server that dies by SIGKILL after it has committed and before it answers, where the request asks for that.

Run as `python -m tests.api.killed_server PORT` on the database of the test that starts it.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

DIE = "HTTP_X_TEST_DIE_BEFORE_ANSWER"


def dying(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Return the application with the fault: it runs to its end, and nobody ever hears of it."""

    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = application(environ, start_response)
        if environ.get(DIE):
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return run


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the standard library's name)
        return


def serve(port: int) -> None:
    """Serve until killed."""
    import django
    from django.core.wsgi import get_wsgi_application

    django.setup()
    with make_server("127.0.0.1", port, dying(get_wsgi_application()), handler_class=Quiet) as server:
        server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
