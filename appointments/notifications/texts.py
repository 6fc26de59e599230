"""An event → the text message that tells of it: one or two sentences and the link, with the values of the mail about the same."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy, override

from appointments.languages import language_of
from appointments.models import MessageKind, OutboxMessage
from appointments.notifications.contents import contents_of
from appointments.notifications.sms.alphabet import folded
from appointments.wording.formats import format_money
from policies.rules.quote import LineCode
from policies.rules.records import lines_from_record

_LONGEST_NAME = 40

#: What is said, its values still to be put in: neither doctor nor specialty, since a locked phone shows it.
_PATTERNS = {
    MessageKind.BOOKED: gettext_lazy(
        "%(centre)s: your appointment on %(when)s is booked. Reference %(reference)s. See, change or cancel it: %(link)s"
    ),
    MessageKind.SUBMITTED: gettext_lazy(
        "%(centre)s: we have your booking for %(when)s. The doctor has to approve it first. Reference %(reference)s. See or cancel it: %(link)s"
    ),
    MessageKind.CANCELLED: gettext_lazy(
        "%(centre)s: your appointment %(reference)s on %(when)s is cancelled. You get back %(amount)s. Details: %(link)s"
    ),
    MessageKind.RESCHEDULED: gettext_lazy(
        "%(centre)s: your appointment is changed. Your new one is on %(when)s, reference %(reference)s. Details: %(link)s"
    ),
    MessageKind.REFUND_COMPLETED: gettext_lazy(
        "%(centre)s: your refund of %(amount)s has been sent. Reference %(reference)s. Details: %(refund_link)s"
    ),
    MessageKind.REFUND_FAILED: gettext_lazy(
        "%(centre)s: your refund of %(amount)s could not be paid. The money is still yours. What you can do: %(refund_link)s"
    ),
    MessageKind.REFUND_LATE: gettext_lazy(
        "%(centre)s: your refund of %(amount)s is late. The money is still yours. Details: %(refund_link)s"
    ),
    MessageKind.PAYOUT_ASKED: gettext_lazy(
        "%(centre)s: we owe you %(amount)s and do not know your account yet. Say where the money should go: %(payout_link)s"
    ),
    MessageKind.PAYOUT_DETAILS: gettext_lazy(
        "%(centre)s: bank details for your refund of %(amount)s were given. If this was not you, call %(finance)s at once. Reference %(reference)s."
    ),
    MessageKind.CONTACT_CHANGED: gettext_lazy(
        "%(centre)s: your contact details were changed. If this was not you, call %(finance)s at once. Reference %(reference)s."
    ),
    MessageKind.SECURITY_CODE: gettext_lazy(
        "%(code)s is your security code for %(centre)s. It can be used for 15 minutes. Nobody from the clinic will ask you for it."
    ),
    MessageKind.DOCTOR_AWAY: gettext_lazy(
        "%(centre)s: your doctor is away and cannot see you on %(when)s. Choose by %(answer_by)s what to do: %(link)s"
    ),
    MessageKind.CARER_INVITED: gettext_lazy(
        "%(centre)s: %(patient)s would like you to act for them. Say yes or no: %(people_link)s"
    ),
    MessageKind.CARER_STARTED: gettext_lazy(
        "%(centre)s: %(carer)s may now act for %(patient)s. Either of you can end this: %(people_link)s"
    ),
    MessageKind.CARER_ENDED: gettext_lazy(
        "%(centre)s: %(carer)s no longer acts for %(patient)s. Appointments stay as they are."
    ),
    MessageKind.REMINDER_MONEY: gettext_lazy(
        "%(centre)s: cancel by %(moment)s and you get back %(amount)s, less after that. To keep your appointment do nothing. Details: %(link)s"
    ),
    MessageKind.REMINDER_VISIT: gettext_lazy(
        "%(centre)s: you have an appointment on %(moment)s. To keep it do nothing. Change or cancel it: %(link)s"
    ),
    MessageKind.LATE_DECIDED: gettext_lazy(
        "%(centre)s: the clinic has decided your request about appointment %(reference)s. See it here: %(link)s"
    ),
    MessageKind.WAITING_JOINED: gettext_lazy(
        "%(centre)s: you are on the waiting list. We write to you when a time fits. See your entry or leave the list: %(waiting_link)s"
    ),
    MessageKind.SLOT_OFFERED: gettext_lazy(
        "%(centre)s: a time is free on %(when)s and kept for you until %(answer_by)s. Say yes or no: %(offer_link)s"
    ),
    MessageKind.OFFER_ENDED: gettext_lazy(
        "%(centre)s: the time on %(when)s is no longer kept for you. Nothing was booked. Details: %(offer_link)s"
    ),
}
_NOTHING_BACK = gettext_lazy("%(centre)s: your appointment %(reference)s on %(when)s is cancelled. Details: %(link)s")


def word_text(message: OutboxMessage) -> str:
    """Return the text for an outbox row, in the patient's language. Reads rows, sends nothing.

    English stays in the alphabet of text messages wherever names do; a text in it takes two parts at most.
    """
    with override(language_of(message.patient)):
        contents = contents_of(message)
        values = _values(message, contents)
        is_empty = message.kind == MessageKind.CANCELLED and not values["amount"]
        words = str((_NOTHING_BACK if is_empty else _PATTERNS[MessageKind(message.kind)]) % values)
        if (get_language() or "").startswith("en"):
            return folded(words, currency=message.event.appointment.chain.currency)
        return words


def _values(message: OutboxMessage, contents: dict[str, Any]) -> dict[str, str]:
    facts = contents.get("new") or contents["facts"]
    named = ("link", "refund_link", "people_link", "code", "moment", "answer_by", "waiting_link", "offer_link")
    return {name: contents.get(name, "") for name in named} | {
        "centre": _short(contents["contact"]["centre"]),
        "reference": facts[0][1],
        "patient": _short(facts[1][1]),
        "when": contents.get("new_when") or contents["when"],
        "amount": contents.get("refund_amount") or contents.get("refund_until") or _comes_back(message),
        "finance": contents["contact"]["finance"],
        "payout_link": contents.get("payout_link") or contents.get("refund_link", ""),
        "carer": _short(contents.get("carer", "")),
    }


def _comes_back(message: OutboxMessage) -> str:
    """Return what a cancellation gives back to the patient, as its mail says it; "" where that is nothing."""
    event = message.event
    lines = lines_from_record(event.quote) if event.quote else ()
    amount = next((line.amount for line in lines if line.code == LineCode.REFUND), 0)
    currency, centre = event.appointment.chain.currency, event.appointment.centre
    return format_money(amount, currency=currency, centre=centre) if amount else ""


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"
