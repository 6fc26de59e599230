"""How FHIR travels: its media type both ways, whatever an old client calls it."""

from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from appointments.api.parsers import SmallJSONParser
from appointments.fhir import words

_JSON = frozenset({"json", "application/json", "text/json", words.MEDIA_TYPE, "application/fhir json"})
_ANY = frozenset({"*/*", "application/*"})


class FhirRenderer(JSONRenderer):
    """JSON under FHIR's own name."""

    media_type = words.MEDIA_TYPE
    charset = "utf-8"


class FhirParser(SmallJSONParser):
    """The same small JSON as the API's, under FHIR's own name."""

    media_type = words.MEDIA_TYPE


class FhirNegotiation(BaseContentNegotiation):
    """JSON for whoever takes it under any of its names; `_format` goes before the header. XML is not written."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Return the parser of what was sent, or None."""
        sent = str(request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """Return the renderer. Raises NotAcceptable."""
        asked = request.query_params.get("_format") or request.headers.get("Accept", "*/*")
        names = {part.partition(";")[0].strip().lower() for part in asked.split(",")}
        if not names & (_JSON | _ANY):
            raise NotAcceptable
        return renderers[0], words.MEDIA_TYPE
