"""What a page says about the confirmation of a deed: what the outbox holds, and no more."""

from dataclasses import dataclass

from appointments.models import Appointment, MessageKind, MessageWay, OutboxMessage
from appointments.queries import messages_about
from appointments.reach import lost_addresses
from appointments.wording.contacts import mask_address

_NEVER_ARRIVES = frozenset({OutboxMessage.State.BOUNCED, OutboxMessage.State.FAILED})


@dataclass(frozen=True, slots=True)
class Told:
    """Where the confirmation goes, masked, each once: e-mail addresses and phone numbers; neither where nothing is sent.

    `reaches_nobody` says that it was written and arrives nowhere.
    """

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    reaches_nobody: bool = False


def told_of(appointment: Appointment, *kinds: MessageKind) -> Told:
    """Return where messages of these kinds about an appointment go, as templates/portal/parts/told.html takes it."""
    rows = list(messages_about(appointment).filter(kind__in=kinds))
    lost = lost_addresses(appointment.chain.patient)
    arriving = [row for row in rows if row.state not in _NEVER_ARRIVES and row.recipient not in lost]
    return Told(
        _masked(arriving, MessageWay.EMAIL),
        _masked(arriving, MessageWay.SMS),
        reaches_nobody=bool(rows) and not arriving,
    )


def _masked(rows: list[OutboxMessage], way: MessageWay) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mask_address(row.recipient) for row in rows if row.way == way))
