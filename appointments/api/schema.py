"""What the OpenAPI document says of every operation, beside what each says of itself."""

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from appointments.api.authentication import PATIENT_APP
from appointments.api.outputs import Plain
from appointments.patient_apps.scopes import ACT, READ

_PROBLEMS = {
    "400": "The request cannot be taken: `invalid_request`, `parse_error`, `idempotency_key_missing`.",
    "401": "Without a key or token, or with one that opens nothing: `not_authenticated`, `authentication_failed`.",
    "403": "The key or token may not do this: `permission_denied`, `not_permitted`, `partners_only`.",
    "404": "Not there, or not yours: `not_found`.",
    "406": "Only JSON is written: `not_acceptable`.",
    "429": "More requests a minute than agreed: `throttled`.",
}
_PROBLEMS_OF_WRITES = {
    "409": "Refused, `quote_changed` (with `new_quote`), or `still_running`: ask again after Retry-After.",
    "413": "More than 64 kB: `too_large`.",
    "415": "Only JSON is read: `unsupported_media_type`.",
    "422": "`idempotency_key_reused`, `reason_required`, `reason_unknown`.",
}
_RATE_HEADERS = {
    "RateLimit-Limit": "Requests a minute.",
    "RateLimit-Remaining": "How many of them are left.",
    "RateLimit-Reset": "Seconds until the next minute begins.",
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new one for each deed; sent again within 48 hours it gives the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def page_of(row: type[Plain]) -> Any:
    """Return the serializer of a page of rows."""
    name = row.__name__.removesuffix("Output")
    fields = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": row(many=True),
    }
    return inline_serializer(f"{name}Page", fields)


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: FBT001 (drf-spectacular calls it so)
    """Add problems, headers and the Idempotency-Key to every operation, and close what partners send."""
    for operations in result["paths"].values():
        for method, operation in operations.items():
            _complete(operation, is_write=method == "post")
    for name, schema in result["components"]["schemas"].items():
        if name.endswith(("Input", "InputRequest")):
            schema["additionalProperties"] = False
    return result


def _complete(operation: dict[str, Any], *, is_write: bool) -> None:
    problems = dict(_PROBLEMS)
    for_apps = any(PATIENT_APP in way for way in operation["security"])
    # Any of them, and a token needs the scope.
    operation["security"] = [{"apiKey": []}, {"clientCredentials": ["write" if is_write else "read"]}]
    if for_apps:
        operation["security"].append({PATIENT_APP: [ACT if is_write else READ]})
    if is_write:
        problems |= _PROBLEMS_OF_WRITES
        operation.setdefault("parameters", []).append(_KEY)
    elif operation["operationId"].startswith("quote_"):
        problems["409"] = "Refused: the code is the refusal, the detail says what to tell the patient."
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOutput"}}}
    for status, words in problems.items():
        operation["responses"][status] = {"description": words, "content": content}
    headers = {name: {"description": words, "schema": {"type": "integer"}} for name, words in _RATE_HEADERS.items()}
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            response["headers"] = headers
