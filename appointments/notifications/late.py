"""What the mail about a request for an exception says."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appointments.models import LateRequest, LateState, MessageKind, OutboxMessage
from policies.rules.money import percent_text


def late_request_of(message: OutboxMessage) -> dict[str, Any]:
    """Return how a request for an exception was decided; its key stands last in the message's."""
    if message.kind != MessageKind.LATE_DECIDED:
        return {}
    late = LateRequest.objects.get(pk=message.key.rpartition(":")[2])
    leads = {
        LateState.APPROVED: _(
            "The clinic agreed to your request. Your appointment is cancelled and %(percent)s%% comes back."
        )
        % {"percent": percent_text(late.percent or Decimal(0))},
        LateState.CHANGED: _("The clinic agreed to your request and moved your appointment."),
        LateState.DECLINED: _("The clinic did not agree to your request. Your appointment stands as it was."),
    }
    return {"late": {"lead": leads[LateState(late.state)], "words": " ".join(late.decision_text.split())}}
