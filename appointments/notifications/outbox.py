"""Send what waits in the outbox: claim by compare-and-set, word, send, write down. One bad recipient stops nobody."""

import logging
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from appointments.models import MessageWay, OutboxMessage
from appointments.notifications import reports
from appointments.notifications.messages import Mail, word_message
from appointments.notifications.secrets import Secrets
from appointments.notifications.sms import registry
from appointments.notifications.sms.base import SmsNeverError
from appointments.notifications.texts import word_text
from appointments.transactions import in_one_transaction

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
    """Send one message if nobody else is at it. A server's refusal is tried again later, eight times in all.

    Between sending and writing that down a crash can make it go twice; a proof that comes twice beats one that is lost.
    """
    claimed = OutboxMessage.objects.filter(
        pk=message.pk, state=OutboxMessage.State.WAITING, tries=message.tries, next_at__lte=now
    ).update(tries=message.tries + 1, next_at=now + _LEASE)
    if not claimed:
        return False
    message.tries += 1
    try:
        by_text = message.way == MessageWay.SMS
        message.subject, message.body, message.provider_id = (_text if by_text else _mail)(message, now=now)
    except SmsNeverError as error:
        _give_up(message, error, now=now)
        return False
    except Exception as error:  # noqa: BLE001 (whatever goes wrong with one mail, the others go out)
        _log.exception("Message %s could not be sent", message.pk)
        _try_again_later(message, error, now=now)
        return False
    message.state, message.sent_at = OutboxMessage.State.SENT, now
    message.error = ""
    message.save(update_fields=["state", "sent_at", "subject", "body", "provider_id", "error"])
    reports.catch_up(message=message, now=now)
    return True


def _mail(message: OutboxMessage, *, now: datetime) -> tuple[str, str, str]:
    """Send a mail. Returns its subject and text without secrets, and the number by which providers tell of it."""
    mail = word_message(message)
    letter = _letter(mail, Secrets(message, now=now), to=message.recipient)
    number = letter.extra_headers["Message-ID"] = f"<{uuid4()}@{_own_host()}>"
    letter.send()
    return mail.subject, mail.text, number


def _text(message: OutboxMessage, *, now: datetime) -> tuple[str, str, str]:
    """Send a text message. Returns no subject, its text without secrets, and the provider's number for it."""
    text = word_text(message)
    sent = registry.sender().send(to=message.recipient, text=Secrets(message, now=now).put_into(text))
    return "", text, sent


def _letter(mail: Mail, secrets: Secrets, *, to: str) -> EmailMultiAlternatives:
    """Return the mail as it is sent: text, the same as HTML, and what a calendar is told.

    An invitation goes as another form of the text, which programs act on, and as a file for those that show only files.
    """
    letter = EmailMultiAlternatives(mail.subject, secrets.put_into(mail.text), to=[to])
    letter.attach_alternative(secrets.put_into(mail.html), "text/html")
    if mail.invitation:
        letter.attach_alternative(mail.invitation.text, f"text/calendar; method={mail.invitation.method}")
        letter.attach("invite.ics", mail.invitation.text.encode(), "application/ics")
    return letter


def _own_host() -> str:
    """Return the host that mails come from; that of this machine is nobody's business."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


@in_one_transaction
def _give_up(message: OutboxMessage, error: Exception, *, now: datetime) -> None:
    """Leave a number that can never be reached to the desk, at once, and try to reach the patient another way."""
    message.state, message.error = OutboxMessage.State.FAILED, str(error)[:250]
    message.save(update_fields=["state", "error"])
    reports.note_lost(message=message, now=now)


@in_one_transaction
def _try_again_later(message: OutboxMessage, error: Exception, *, now: datetime) -> None:
    message.state = OutboxMessage.State.FAILED if message.tries >= _MAX_TRIES else OutboxMessage.State.WAITING
    message.next_at = now + timedelta(seconds=30) * 2**message.tries
    message.error = f"{type(error).__name__}: {error}"[:250]
    message.save(update_fields=["state", "next_at", "error"])
    if message.state == OutboxMessage.State.FAILED:
        reports.send_another_way(message=message, now=now)
