"""Which sender of text messages is in force."""

from importlib import import_module

from django.conf import settings

from appointments.notifications.sms.base import SmsSender

_SENDERS = {
    "file": ("appointments.notifications.sms.files", "FileSender"),
    "twilio": ("appointments.notifications.sms.twilio", "TwilioSender"),
}


def is_on() -> bool:
    """Tell whether text messages are sent here."""
    return bool(settings.SMS_SENDER)


def sender() -> SmsSender:
    """Return the sender of the settings. A provider's SDK is loaded when it is first needed, since not everybody has one."""
    module, name = _SENDERS[settings.SMS_SENDER]
    made: SmsSender = getattr(import_module(module), name)()
    return made
