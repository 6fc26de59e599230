"""What went wrong, as an OperationOutcome: the API's problems in FHIR's words, with the same stable codes."""

import logging
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.response import Response

from appointments.api import problems
from appointments.fhir import words
from appointments.fhir.resources import Resource, full
from policies.rules.quote import Refusal

_log = logging.getLogger(__name__)

_REFUSALS = frozenset(str(refusal) for refusal in Refusal)
#: Our code → FHIR's kind of issue.
_KINDS = {
    "invalid_request": "invalid",
    "parse_error": "structure",
    "not_authenticated": "login",
    "authentication_failed": "login",
    "permission_denied": "forbidden",
    "not_permitted": "forbidden",
    "partners_only": "forbidden",
    "not_found": "not-found",
    "method_not_allowed": "not-supported",
    "not_acceptable": "not-supported",
    "unsupported_media_type": "not-supported",
    "throttled": "throttled",
    "too_large": "too-long",
    "quote_changed": "conflict",
    "wrong_status": "conflict",
    "still_running": "lock-error",
    "idempotency_key_missing": "required",
    "idempotency_key_reused": "conflict",
    "reason_required": "required",
    "reason_unknown": "code-invalid",
    "not_done": "exception",
}


def outcome(problem: dict[str, Any]) -> Resource:
    """Return the OperationOutcome of a problem: an issue for each field that is wrong, or one."""
    errors = problem.get("errors") or [{"field": "", "message": problem["detail"]}]
    return {
        "resourceType": "OperationOutcome",
        "issue": [_issue(problem, error["message"], error["field"]) for error in errors],
    }


def warning(text: str) -> Resource:
    """Return an OperationOutcome that tells of something that did not stand in the way."""
    issue = {"severity": "warning", "code": "not-supported", "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def respond(problem: dict[str, Any]) -> Response:
    """Return the response that tells of a problem. What the rules refuse is 422: the request was understood."""
    status = 422 if problem["code"] in _REFUSALS else problem["status"]
    return Response(outcome(problem), status=status)


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """Turn whatever is raised into an OperationOutcome; what nobody foresaw goes to the log."""
    told = problems.handle(error, context)
    if told is None:
        _log.exception("A FHIR request failed")
        return respond(problems.problem(500, "not_done", _("Something went wrong here. Nothing was changed.")))
    response = respond(told.data)
    for name in ("Retry-After", "WWW-Authenticate"):
        if name in told.headers:
            response[name] = told.headers[name]
    return response


def _issue(problem: dict[str, Any], text: str, field: str) -> Resource:
    code = str(problem["code"])
    kind = "business-rule" if code in _REFUSALS else _KINDS.get(code, "processing")
    return full(  # type: ignore[no-any-return]
        {
            "severity": "error",
            "code": kind,
            "details": {"coding": [{"system": words.PROBLEM, "code": code}], "text": text},
            "expression": [field],
            "extension": [{"url": words.NEW_QUOTE, "valueString": problem.get("new_quote", {}).get("quote")}]
            if "new_quote" in problem
            else [],
        }
    )
