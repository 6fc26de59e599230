"""Send a message again that could not be sent."""

from datetime import datetime

from appointments.models import OutboxMessage
from appointments.record import SEND_OUTBOX
from appointments.transactions import in_one_transaction
from refunds.nudges import nudge


@in_one_transaction
def send_again(*, message: OutboxMessage, now: datetime) -> bool:
    """Let a failed message wait to be sent again, to the address the patient has now; eight new tries.

    Returns False, and changes nothing, where it did not fail (any more) or there is still no address.
    """
    address = message.patient.email
    if not address:
        return False
    changed = OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.State.FAILED).update(
        state=OutboxMessage.State.WAITING, recipient=address, tries=0, next_at=now, error=""
    )
    nudge(SEND_OUTBOX)
    return bool(changed)
