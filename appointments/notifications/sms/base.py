"""What a sender of text messages is."""

from typing import Protocol


class SmsRetryError(Exception):
    """It may work later: the provider is away, slow or busy, or its account is not set up right."""


class SmsNeverError(Exception):
    """It never works: there is no such number, it takes no text messages, or its owner wants none."""


class SmsSender(Protocol):
    """Sends one text message."""

    def send(self, *, to: str, text: str) -> str:
        """Hand a text over and return the provider's id for it. `to` is E.164, such as +447700900101.

        Raises SmsRetryError or SmsNeverError.
        """
