"""The net below every page: what was refused or cannot be, and its page did not expect, is told in words and never as a broken page."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from appointments.wording.troubles import TROUBLES, code_of, sentence_of

_log = logging.getLogger(__name__)


class RefusedDeeds:
    """Middleware: turns what use cases raise into a page with status 409. The API has problem documents of its own.

    A number or a date in an address that is larger than any row has leads to nothing, on SQLite by an exception.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the way."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page that says what stood in the way; None for what is nobody's refusal."""
        if isinstance(error, OverflowError) and request.method in {"GET", "HEAD"}:
            return page_not_found(request, error)
        if not isinstance(error, TROUBLES):
            return None
        _log.warning("Refused at %s: %s", request.resolver_match and request.resolver_match.view_name, code_of(error))
        answer = render(request, "refused.html", {"sentence": sentence_of(error)}, status=409)
        answer["Cache-Control"] = "no-store"
        return answer
