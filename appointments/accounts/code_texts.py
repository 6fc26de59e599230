"""Sign-in codes by text message: to numbers that accounts have, and to no other.

A stranger's number gets nothing, or anybody could have this site send texts around the world at its expense. So that the
page takes as long for a number that nobody has, texts leave from a thread of their own. One that a provider does not
take is logged without the number, and asked for again by the page's “Send me another code”.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.utils.translation import gettext as _

from appointments.models import User
from appointments.notifications.sms import registry
from appointments.notifications.sms.base import SmsNeverError, SmsRetryError

_log = logging.getLogger(__name__)
_AT_ONCE = 2


def are_on() -> bool:
    """Tell whether codes can be had by text message here."""
    return registry.is_on()


def account_with(phone: str) -> User | None:
    """Return the account that signs in with this number (E.164), if it is active."""
    return User.objects.filter(phone=phone, is_active=True).first()


def send_code(*, phone: str, code: str) -> Iterator[None]:
    """Hand over a text with the code, in the language of the page that asked for it. Whoever reads the answer waits for it."""
    text = _("%(code)s is your sign-in code. It can be used for 15 minutes. Nobody will ask you for it.") % {
        "code": code
    }
    return _threads().map(_send, [phone], [text])


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sign-in-codes")


def _send(phone: str, text: str) -> None:
    try:
        registry.sender().send(to=phone, text=text)
    except (SmsRetryError, SmsNeverError) as error:
        _log.error("A sign-in code could not be sent by text message: %s", error)
