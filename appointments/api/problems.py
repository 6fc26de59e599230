"""What went wrong, as application/problem+json (RFC 9457) with a stable `code` and a sentence to show."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from appointments.errors import CarerRightEndedError
from appointments.partners.answers import Answer, KeyReusedError, StillRunningError
from appointments.wording.troubles import TROUBLES, code_of, sentence_of

MEDIA_TYPE = "application/problem+json"


class ProblemError(exceptions.APIException):
    """A problem with a code of ours. `more` are further members of the document."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        """Keep what to tell."""
        super().__init__(detail=detail, code=code)
        self.status_code = status
        self.code = code
        self.sentence = detail
        self.more = more


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """Return the document of a problem."""
    return {"type": f"urn:fairslot:problem:{code}", "title": _titles(code), "status": status, "code": code} | {
        "detail": detail,
        **more,
    }


def _titles(code: str) -> str:
    return code.replace("_", " ").capitalize()


def respond(answer: Answer) -> Response:
    """Return an answer as a response, with the media type of problems where it is one."""
    is_problem = answer.status >= 400
    return Response(answer.body, status=answer.status, content_type=MEDIA_TYPE if is_problem else None)


def handle(error: Exception, _context: dict[str, Any]) -> Response | None:
    """Turn what the edge raises into a problem; None for what nobody foresaw, which becomes a plain 500 in the log."""
    headers: dict[str, str] = {}
    if isinstance(error, exceptions.APIException):
        answer = _of_the_framework(error)
        if isinstance(error, exceptions.Throttled):
            headers["Retry-After"] = str(int(getattr(error, "wait", None) or 1))
        if getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    elif isinstance(error, Http404 | CarerRightEndedError):
        answer = Answer(404, problem(404, "not_found", _("There is nothing here that you may see.")))
    elif isinstance(error, PermissionDenied):
        answer = Answer(403, problem(403, "not_permitted", _("This key may not do that.")))
    elif isinstance(error, StillRunningError):
        headers["Retry-After"] = "1"
        answer = Answer(409, problem(409, "still_running", _("The first request with this key is still running.")))
    elif isinstance(error, KeyReusedError):
        sentence = _("This Idempotency-Key came with another request before. Use a new one for a new deed.")
        answer = Answer(422, problem(422, "idempotency_key_reused", sentence))
    elif isinstance(error, TROUBLES):
        headers["Retry-After"] = "1"
        answer = Answer(409, problem(409, code_of(error), sentence_of(error)))
    else:
        return None
    response = respond(answer)
    for name, value in headers.items():
        response[name] = value
    return response


def _of_the_framework(error: exceptions.APIException) -> Answer:
    status = error.status_code
    if isinstance(error, ProblemError):
        return Answer(status, problem(status, error.code, error.sentence, **error.more))
    if isinstance(error, exceptions.ValidationError):
        sentence = _("Some of what was sent cannot be taken.")
        return Answer(status, problem(status, "invalid_request", sentence, errors=list(_flat(error.detail))))
    if isinstance(error, exceptions.NotFound):
        return Answer(404, problem(404, "not_found", _("There is nothing here that you may see.")))
    return Answer(status, problem(status, str(error.default_code), str(error.detail)))


def _flat(detail: Any, path: str = "") -> Any:
    """Yield each message with the path of its field."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, path)
    else:
        yield {"field": path.removesuffix(".non_field_errors"), "message": str(detail)}
