"""Appointment/$cancel: the same deed as the API's, by the same rules."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.api.deeds import HEADER, once, told
from appointments.fhir import words
from appointments.fhir.outcomes import respond
from appointments.fhir.resources import appointment_resource
from appointments.fhir.views import FhirView, found_appointment
from appointments.partners.answers import Answer, RefusedDeedError
from appointments.reasons import TEXT_LIMIT, Reason
from appointments.usecases.cancel import cancel_appointment

_QUOTE_LIMIT = 2000


class CancelView(FhirView):
    """Cancels one booking."""

    def post(self, request: Request, id_: str) -> Response:
        """Cancel by the quote that was shown, or by the figures of this moment. Sent again, it gives the same answer.

        An Idempotency-Key is taken, and not needed.
        """
        reason, quote = read_parameters(request.data)
        appointment, now = found_appointment(self.caller, id_), self.now

        def deed() -> Answer:
            cancel_appointment(
                appointment_id=appointment.pk, actor=self.caller.actor, now=now, reason=reason, quote_token=quote
            )
            return Answer(200, appointment_resource(found_appointment(self.caller, id_)))

        put_in_words = told(deed, caller=self.caller, appointment=appointment)
        if HEADER in request.headers:
            answer = once(request, self.caller, put_in_words, now=now)
            status, body = answer.status_code, answer.data
        else:
            done = _told_directly(put_in_words)
            status, body = done.status, done.body
        return respond(body) if status >= 400 else Response(body, status=status)


def _told_directly(deed: Callable[[], Answer]) -> Answer:
    try:
        return deed()
    except RefusedDeedError as refused:
        return refused.answer


def read_parameters(sent: Any) -> tuple[Reason, str | None]:
    """Return reason and quote token of a Parameters resource, or of nothing at all. Raises ValidationError."""
    if not sent:
        return Reason(), None
    if sent.get("resourceType") != "Parameters" or not isinstance(sent.get("parameter", []), list):
        raise _wrong("resourceType", _("Send a Parameters resource, or nothing."))
    reason, quote = Reason(), None
    for parameter in sent.get("parameter", []):
        name = parameter.get("name") if isinstance(parameter, dict) else None
        if name == "cancelationReason":
            reason = _reason(parameter)
        elif name == "quote":
            quote = _text(parameter, "valueString", _QUOTE_LIMIT)
        else:
            raise _wrong("parameter", _("The parameters are cancelationReason (as R4 spells it) and quote."))
    return reason, quote


def _reason(parameter: dict[str, Any]) -> Reason:
    """Return the reason of a CodeableConcept, a Coding or a bare code."""
    if "valueCode" in parameter:
        return Reason(_text(parameter, "valueCode", 40))
    concept = parameter.get("valueCodeableConcept") or {"coding": [parameter.get("valueCoding")]}
    codings = concept.get("coding", []) if isinstance(concept, dict) else None
    if not isinstance(codings, list) or not all(isinstance(coding, dict) for coding in codings):
        raise _wrong("cancelationReason", _("Give a CodeableConcept."))
    # HL7's own code may stand beside ours, and says less.
    ours = [coding for coding in codings if coding.get("system") in (None, words.REASONS)]
    code = _text(ours[0], "code", 40) if ours else ""
    return Reason(code, _text(concept, "text", TEXT_LIMIT) if "text" in concept else "")


def _text(holder: dict[str, Any], name: str, limit: int) -> str:
    value = holder.get(name)
    if not isinstance(value, str) or len(value) > limit or "\0" in value:
        raise _wrong(name, _("Give a text of at most %(limit)s letters.") % {"limit": limit})
    return value


def _wrong(field: str, message: str) -> ValidationError:
    return ValidationError({f"Parameters.{field}": [message]})
