"""What the mails that remind say."""

from typing import Any

from appointments.models import MessageKind, OutboxMessage, Reminder
from appointments.wording.formats import format_moment, format_money

_KINDS = frozenset({MessageKind.REMINDER_MONEY, MessageKind.REMINDER_VISIT})


def reminder_of(message: OutboxMessage) -> dict[str, Any]:
    """Return the moment reminded of and the money, as they were when the reminder was planned."""
    if message.kind not in _KINDS:
        return {}
    appointment = message.event.appointment
    reminder = Reminder.objects.get(pk=int(message.key.rpartition(":")[2]))

    def money(minor: int) -> str:
        return format_money(minor, currency=appointment.chain.currency, centre=appointment.centre)

    return {
        "moment": format_moment(reminder.at, centre=appointment.centre),
        "refund_until": money(reminder.refund),
        "refund_after": money(reminder.refund_after) if reminder.refund_after else "",
    }
