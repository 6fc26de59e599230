"""The centre's own words at the end of a mail."""

from typing import Any

from appointments.languages import language_of
from appointments.models import MessageAddition, OutboxMessage
from appointments.wording.additions import filled_in


def addition_to(message: OutboxMessage, contents: dict[str, Any]) -> str:
    """Return what the centre adds to this mail in the patient's language, on one line; "" for nothing."""
    additions = MessageAddition.objects.filter(
        centre=message.event.appointment.centre, kind=message.kind, language=language_of(message.patient)
    )
    text = additions.values_list("text", flat=True).first()
    if not text:
        return ""
    facts = contents.get("new") or contents["facts"]
    values = {
        "patient": contents["name"],
        "when": contents.get("new_when") or contents["when"],
        "reference": facts[0][1],
        "phone": contents["contact"]["phone"],
    }
    return filled_in(text, values)
