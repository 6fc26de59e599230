"""A small calendar program, as RFC 5546 describes one: it acts on mails, reads feeds, and forgets nothing newer."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from django.core import mail
from icalendar import Calendar


def events_in(text: bytes | str) -> list[Any]:
    """Return the events of an iCalendar file; the parser raises for what is none."""
    return list(Calendar.from_ical(text).walk("VEVENT"))


def value(event: Any, name: str) -> Any:
    """Return the value of a property: a moment for a time, text for the rest."""
    found = event[name]
    return found.dt if hasattr(found, "dt") else str(found)


class CalendarProgram:
    """Holds events by UID. A cancelled one is gone, and its number is remembered."""

    def __init__(self) -> None:
        self.events: dict[str, Any] = {}
        self.numbers: dict[str, int] = {}

    def receive(self, raw: bytes) -> None:
        """Act on the calendar part of a mail, if it has one."""
        letter = message_from_bytes(raw, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        for part in letter.walk():
            if part.get_content_type() == "text/calendar":
                self._act(part.get_param("method"), part.get_content())

    def receive_all(self) -> None:
        """Act on every mail that was sent, in the order they were sent."""
        for letter in mail.outbox:
            self.receive(letter.message().as_bytes())

    def _act(self, method: object, text: str) -> None:
        calendar = Calendar.from_ical(text)
        assert calendar["METHOD"] == method
        for event in events_in(text):
            uid, number = str(event["UID"]), int(event["SEQUENCE"])
            if number < self.numbers.get(uid, 0):
                continue
            self.numbers[uid] = number
            if method == "CANCEL":
                assert event["STATUS"] == "CANCELLED"
                self.events.pop(uid, None)
            else:
                self.events[uid] = event

    def times(self) -> list[datetime]:
        """Return when the events begin, soonest first."""
        return sorted(value(event, "DTSTART") for event in self.events.values())
