"""Send what waits in the outbox: claim by compare-and-set, word, send, write down. One bad recipient stops nobody."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.core.mail import EmailMultiAlternatives

from appointments.manage import codes, links
from appointments.models import MessageKind, OutboxMessage
from appointments.notifications.messages import Mail, word_message
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
        _letter(mail, _with_secrets(mail.text, message, now=now), to=message.recipient).send()
    except Exception as error:  # noqa: BLE001 (whatever goes wrong with one mail, the others go out)
        _log.exception("Message %s could not be sent", message.pk)
        _try_again_later(message, error, now=now)
        return False
    message.state, message.sent_at = OutboxMessage.State.SENT, now
    message.subject, message.body, message.error = mail.subject, mail.text, ""
    message.save(update_fields=["state", "sent_at", "subject", "body", "error"])
    return True


def _letter(mail: Mail, text: str, *, to: str) -> EmailMultiAlternatives:
    """Return the mail as it is sent.

    An invitation goes as another form of the text, which programs act on, and as a file for those that show only files.
    """
    letter = EmailMultiAlternatives(mail.subject, text, to=[to])
    if mail.invitation:
        letter.attach_alternative(mail.invitation.text, f"text/calendar; method={mail.invitation.method}")
        letter.attach("invite.ics", mail.invitation.text.encode(), "application/ics")
    return letter


def _with_secrets(text: str, message: OutboxMessage, *, now: datetime) -> str:
    """Put new tokens and the security code where the text asks for them. What is kept of the mail holds none: staff read it."""
    if message.kind == MessageKind.SECURITY_CODE:
        code_id = UUID(message.key.rpartition(":")[2])
        text = text.replace(codes.CODE_PLACE, codes.digits_to_send(code_id=code_id, now=now))
    if links.TOKEN_PLACE in text:
        chain_id = message.event.appointment.chain_id
        text = text.replace(links.TOKEN_PLACE, links.issue_link(chain_id=chain_id, now=now))
    if message.refund is not None and TOKEN_PLACE in text:
        text = text.replace(TOKEN_PLACE, issue_link(refund_id=message.refund, actor="system: mail", now=now))
    return text


def _try_again_later(message: OutboxMessage, error: Exception, *, now: datetime) -> None:
    message.state = OutboxMessage.State.FAILED if message.tries >= _MAX_TRIES else OutboxMessage.State.WAITING
    message.next_at = now + timedelta(seconds=30) * 2**message.tries
    message.error = f"{type(error).__name__}: {error}"[:250]
    message.save(update_fields=["state", "next_at", "error"])
