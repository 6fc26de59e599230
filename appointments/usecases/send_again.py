"""Send a message again that could not be sent."""

from datetime import datetime

from appointments.models import MessageKind, OutboxMessage
from appointments.reach import Address, address_to, addresses_of
from appointments.telling import SEND_OUTBOX
from appointments.transactions import in_one_transaction
from refunds.nudges import nudge

_LOST = (OutboxMessage.State.FAILED, OutboxMessage.State.BOUNCED)


@in_one_transaction
def send_again(*, message: OutboxMessage, now: datetime) -> bool:
    """Let a message that failed or did not arrive wait to be sent again, to the address the patient has now; eight new tries.

    News of a change of address go to where they were meant to go.

    Returns False, and changes nothing, where it did not fail (any more) or there is still no address.
    """
    address = _address_now(message)
    if address is None:
        return False
    changed = OutboxMessage.objects.filter(pk=message.pk, state__in=_LOST).update(
        state=OutboxMessage.State.WAITING, way=address.way, recipient=address.to, tries=0, next_at=now, error=""
    )
    nudge(SEND_OUTBOX)
    return bool(changed)


def _address_now(message: OutboxMessage) -> Address | None:
    """Return the address of the same kind that the patient has now, else any; None where there is none."""
    if message.kind == MessageKind.CONTACT_CHANGED and message.recipient:
        return address_to(message.recipient)
    known = addresses_of(message.patient)
    return next((one for one in known if one.way == message.way), known[0] if known else None)
