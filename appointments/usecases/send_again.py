"""Send a message again that could not be sent."""

from datetime import datetime

from appointments.models import MessageKind, OutboxMessage
from appointments.record import SEND_OUTBOX
from appointments.transactions import in_one_transaction
from refunds.nudges import nudge


@in_one_transaction
def send_again(*, message: OutboxMessage, now: datetime) -> bool:
    """Let a failed message wait to be sent again, to the address the patient has now; eight new tries.

    News of a change of address go to where they were meant to go.

    Returns False, and changes nothing, where it did not fail (any more) or there is still no address.
    """
    keeps = message.kind == MessageKind.CONTACT_CHANGED and message.recipient
    address = message.recipient if keeps else message.patient.email
    if not address:
        return False
    changed = OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.State.FAILED).update(
        state=OutboxMessage.State.WAITING, recipient=address, tries=0, next_at=now, error=""
    )
    nudge(SEND_OUTBOX)
    return bool(changed)
