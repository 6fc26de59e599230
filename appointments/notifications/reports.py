"""What became of messages: a provider's report is kept once, noted on its message, and what did not arrive goes another way."""

from datetime import datetime

from appointments.models import DeliveryReport, MessageKind, MessageWay, OutboxMessage, Patient
from appointments.reach import is_own, other_address
from appointments.telling import write_message
from appointments.transactions import in_one_transaction

_State = OutboxMessage.State
_Outcome = DeliveryReport.Outcome
_BEFORE = {_Outcome.DELIVERED: (_State.SENT,), _Outcome.BOUNCED: (_State.SENT, _State.DELIVERED)}


@in_one_transaction
def keep_report(
    *, provider: str, report_id: str, message_number: str, outcome: DeliveryReport.Outcome, reason: str, now: datetime
) -> bool:
    """Keep a report and act on it. Returns False, and does nothing, for one that came before.

    `message_number` is the provider's, as it is kept with the message. One that is not known (yet) is only kept.
    """
    report, is_new = DeliveryReport.objects.get_or_create(
        provider=provider,
        report_id=report_id,
        defaults={
            "message_number": message_number,
            "outcome": outcome,
            "reason": " ".join(reason.split())[:250],
            "received_at": now,
        },
    )
    if is_new:
        known = OutboxMessage.objects.filter(provider_id=message_number).exclude(provider_id="")
        for message in known.select_related("patient", "event__appointment__chain__patient"):
            _act_on(report, message, now=now)
    return is_new


@in_one_transaction
def catch_up(*, message: OutboxMessage, now: datetime) -> None:
    """Act on reports that came before it was written down that the message is sent."""
    early = DeliveryReport.objects.filter(message_number=message.provider_id).exclude(message_number="")
    for report in early.order_by("pk"):
        _act_on(report, message, now=now)


@in_one_transaction
def send_another_way(*, message: OutboxMessage, now: datetime) -> bool:
    """Write the message anew for the patient's other address. Returns False where there is none that is known to work."""
    other = other_address(message)
    if other is None:
        return False
    once = ":".join(message.key.split(":")[2:])
    write_message(
        event=message.event,
        kind=MessageKind(message.kind),
        now=now,
        refund=message.refund,
        once=once,
        recipient=other.to,
    )
    return True


@in_one_transaction
def note_lost(*, message: OutboxMessage, now: datetime) -> None:
    """Mark the patient's address at which nothing arrives, until it is another one, and send what did not arrive another way."""
    if is_own(message):
        _mark(message, message.recipient)
        send_another_way(message=message, now=now)


def _act_on(report: DeliveryReport, message: OutboxMessage, *, now: datetime) -> None:
    outcome = _Outcome(report.outcome)
    changed = OutboxMessage.objects.filter(pk=message.pk, state__in=_BEFORE[outcome]).update(
        state=outcome, error=report.reason if outcome == _Outcome.BOUNCED else ""
    )
    if not changed:
        return
    if outcome == _Outcome.BOUNCED:
        note_lost(message=message, now=now)
    elif is_own(message):
        _mark(message, "")


def _mark(message: OutboxMessage, lost: str) -> None:
    name = "bounced_phone" if message.way == MessageWay.SMS else "bounced_email"
    setattr(message.patient, name, lost)
    Patient.objects.filter(pk=message.patient_id).update(**{name: lost})
