"""JSON as partners send it: an object, of a size that can be one."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from appointments.api.problems import ProblemError

MOST_BYTES = 64 * 1024


class SmallJSONParser(JSONParser):
    """Refuses what is too large or too deep before it costs anything."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the object. Raises ProblemError (413) or ParseError."""
        request = (parser_context or {}).get("request")
        if request is not None and int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise ProblemError(413, "too_large", _("The body is larger than 64 kB."))
        try:
            parsed = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deep.")) from error
        if not isinstance(parsed, dict):
            raise ParseError(_("The body must be a JSON object."))
        return parsed
