"""Who is told of something: the rows of the outbox, written in the transaction of what they tell of."""

from datetime import datetime
from uuid import UUID

from appointments.carers import addresses_to_tell
from appointments.models import AppointmentEvent, MessageKind, MessageWay, OutboxMessage
from appointments.reach import address_to, addresses_of
from refunds.nudges import nudge

SEND_OUTBOX = "appointments.send_outbox"
_TO_CARER = "carer-"


def tell_everybody(
    *, event: AppointmentEvent, kind: MessageKind, now: datetime, refund: UUID | None = None, once: str = ""
) -> None:
    """Write a message to the patient, and to each of their carers who is told things.

    Who has no address of their own is told by their carers; where there are none either, it waits on the desk as unsendable.
    """
    patient = event.appointment.chain.patient
    own = {address.to.lower() for address in addresses_of(patient)}
    # Whoever holds two rights is told once.
    carers = [to for to in dict.fromkeys(addresses_to_tell(patient.pk, now=now)) if to.lower() not in own]
    if own or not carers:
        write_message(event=event, kind=kind, now=now, refund=refund, once=once)
    for number, address in enumerate(carers):
        # What tells one message from another stays last in its key, where it is looked for.
        about = ":".join(filter(None, [f"{_TO_CARER}{number}", once]))
        write_message(event=event, kind=kind, now=now, refund=refund, once=about, recipient=address)


def is_to_carer(message: OutboxMessage) -> bool:
    """Tell whether a message was written to somebody who acts for its patient: no secret of the patient's goes into it."""
    return message.key.partition(":")[2].partition(":")[2].startswith(_TO_CARER)


def write_message(
    *,
    event: AppointmentEvent,
    kind: MessageKind,
    now: datetime,
    refund: UUID | None = None,
    once: str = "",
    recipient: str | None = None,
) -> None:
    """Put a message to the patient alone into the outbox, once for each way they are reached; without any it waits on the desk as unsendable.

    `once` tells apart what may be told more than once about the same event or refund. `recipient` is the one e-mail address or
    phone number it goes to instead.
    """
    patient = event.appointment.chain.patient
    addresses = addresses_of(patient) if recipient is None else [address_to(recipient)]
    for address in addresses or [address_to("")]:
        name = f"{kind}.sms" if address.way == MessageWay.SMS else str(kind)
        OutboxMessage.objects.get_or_create(
            key=":".join(filter(None, [name, str(refund or event.pk), once])),
            defaults={
                "kind": kind,
                "event": event,
                "refund": refund,
                "patient": patient,
                "way": address.way,
                "recipient": address.to,
                "state": OutboxMessage.State.WAITING if address.to else OutboxMessage.State.FAILED,
                "error": "" if address.to else "no e-mail address on record",
                "next_at": now,
                "created_at": now,
            },
        )
    nudge(SEND_OUTBOX)
