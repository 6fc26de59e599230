"""Send what waits in the outbox: claim by compare-and-set, word, send, write down. One bad recipient stops nobody."""

import logging
from datetime import datetime, timedelta

from django.core.mail import EmailMessage

from appointments.models import OutboxMessage
from appointments.notifications.messages import word_message
from appointments.payouts import TOKEN_PLACE
from refunds.bank.links import issue_link

_log = logging.getLogger(__name__)

_MAX_TRIES = 8
_LEASE = timedelta(minutes=2)  # longer than a mail server may take (EMAIL_TIMEOUT)


def due_messages(*, now: datetime, limit: int) -> list[OutboxMessage]:
    """Return waiting messages whose time has come, oldest first, with what their wording needs."""
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING, next_at__lte=now)
    related = waiting.select_related(
        "patient",
        "event__appointment__chain__patient",
        "event__appointment__chain__terms__policy",
        "event__appointment__slot__doctor__centre",
    )
    return list(related.order_by("next_at")[:limit])


def send_message(message: OutboxMessage, *, now: datetime) -> bool:
    """Send one message if nobody else is at it. A mail server's refusal is tried again later, eight times in all.

    Between sending and writing that down a crash can make it go twice; a proof that comes twice beats one that is lost.
    """
    claimed = OutboxMessage.objects.filter(
        pk=message.pk, state=OutboxMessage.State.WAITING, tries=message.tries, next_at__lte=now
    ).update(tries=message.tries + 1, next_at=now + _LEASE)
    if not claimed:
        return False
    message.tries += 1
    try:
        mail = word_message(message)
        EmailMessage(mail.subject, _with_link(mail.text, message, now=now), to=[message.recipient]).send()
    except Exception as error:  # noqa: BLE001 (whatever goes wrong with one mail, the others go out)
        _log.exception("Message %s could not be sent", message.pk)
        _try_again_later(message, error, now=now)
        return False
    message.state, message.sent_at = OutboxMessage.State.SENT, now
    message.subject, message.body, message.error = mail.subject, mail.text, ""
    message.save(update_fields=["state", "sent_at", "subject", "body", "error"])
    return True


def _with_link(text: str, message: OutboxMessage, *, now: datetime) -> str:
    """Put the token of a new link where the text asks for one. What is kept of the mail holds none: staff read the outbox."""
    if message.refund is None or TOKEN_PLACE not in text:
        return text
    return text.replace(TOKEN_PLACE, issue_link(refund_id=message.refund, actor="system: mail", now=now))


def _try_again_later(message: OutboxMessage, error: Exception, *, now: datetime) -> None:
    message.state = OutboxMessage.State.FAILED if message.tries >= _MAX_TRIES else OutboxMessage.State.WAITING
    message.next_at = now + timedelta(seconds=30) * 2**message.tries
    message.error = f"{type(error).__name__}: {error}"[:250]
    message.save(update_fields=["state", "next_at", "error"])
