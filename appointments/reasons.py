"""A reason somebody gives, and whether it will do."""

from dataclasses import dataclass

from appointments.actor import Actor
from appointments.errors import ReasonMissingError, ReasonUnknownError
from appointments.models import ReasonCode
from policies.rules.facts import ActorKind

TEXT_LIMIT = 500
#: The reason the system gives when it cancels because of an emergency leave.
DOCTOR_AWAY = "emergency_leave"
#: The reason of a move to an earlier time that the waiting list offered.
WAITING_LIST = "waiting_list"

_OFFERED_TO = {
    ActorKind.PATIENT: "for_patients",
    ActorKind.STAFF: "for_staff",
    ActorKind.DOCTOR: "for_doctors",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code, and text in the actor's own words; both may be empty where no reason is required."""

    code: str = ""
    text: str = ""


def check_reason(reason: Reason, *, actor: Actor, required: bool) -> Reason:
    """Return the reason, tidied. Raises ReasonMissingError or ReasonUnknownError if it will not do.

    The system's jobs name themselves and choose no code.
    """
    tidy = Reason(reason.code.strip(), reason.text.replace("\x00", "").strip()[:TEXT_LIMIT])
    if actor.kind is ActorKind.SYSTEM:
        return tidy
    if not tidy.code:
        if required:
            raise ReasonMissingError("code")
        return tidy
    code = ReasonCode.objects.filter(code=tidy.code, is_active=True, **{_OFFERED_TO[actor.kind]: True}).first()
    if code is None:
        raise ReasonUnknownError(tidy.code)
    if code.needs_text and not tidy.text:
        raise ReasonMissingError("text")
    return tidy
