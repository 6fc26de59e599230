"""The log of requests, without what opens a page: tokens stand in addresses for one request, and must not stand in logs for years."""

import re

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

_TOKEN = re.compile(r"(/payout/|/m/|/calendar/)[^/?#]{20,}")


class RequestLog(RequestMiddleware):
    """Says who asked for what, and of a link from a mail or a calendar address only that it was one."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return method and address, tokens left out."""
        address = _TOKEN.sub(r"\1…", request.get_full_path())
        return f"{request.method} {address}"
