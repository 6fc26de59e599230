"""The log of requests, without what opens a page and without people: both must not stand in logs for years."""

import re

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

_TOKEN = re.compile(r"(/payout/|/m/|/calendar/)[^/?#]{20,}")


class RequestLog(RequestMiddleware):
    """Says who asked for what, and of a link from a mail or a calendar address only that it was one.

    Of what was looked for it says only that something was: desks search by name, phone and birth date.
    """

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return method and path, tokens and the query left out."""
        path = _TOKEN.sub(r"\1…", request.path)
        return f"{request.method} {path}{'?…' if request.META.get('QUERY_STRING') else ''}"
