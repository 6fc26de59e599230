"""Entries → iCalendar (RFC 5545) and its messages (RFC 5546). No alarms: the patient's own settings are enough."""

from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from email.utils import parseaddr
from enum import StrEnum
from urllib.parse import quote

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from appointments.calendars.entries import Entry, EntryStatus
from appointments.calendars.plain import plain
from appointments.calendars.zones import vtimezone

MEDIA_TYPE = "text/calendar; charset=utf-8"
_READ_AGAIN = timedelta(minutes=30)
_PRODUCT = "-//Fairslot//Appointments//EN"


class Method(StrEnum):
    """What a calendar message asks for."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def published(entries: Sequence[Entry], *, name: str = "") -> bytes:
    """Return a calendar to be read: one file, or with a `name` a feed that is read again and again."""
    calendar = _calendar(Method.PUBLISH)
    if name:
        calendar.add("name", plain(name))
        calendar.add("x-wr-calname", plain(name))
        calendar.add("refresh-interval", _READ_AGAIN, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT30M")
    _fill(calendar, [(entry, _event(entry)) for entry in entries])
    return bytes(calendar.to_ical())


def invitation(entry: Entry, *, name: str, email: str) -> tuple[Method, str]:
    """Return the message for one person: REQUEST puts the entry in or changes it, CANCEL takes it out.

    Nobody is asked to answer: whoever booked will come.
    """
    method = Method.CANCEL if entry.status is EntryStatus.CANCELLED else Method.REQUEST
    event = _event(entry)
    attendee = _address(name, email)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    event.add("attendee", attendee)
    calendar = _calendar(method)
    _fill(calendar, [(entry, event)])
    return method, calendar.to_ical().decode()


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", str(method))
    return calendar


def _fill(calendar: Calendar, events: Iterable[tuple[Entry, Event]]) -> None:
    """Put in the zones first, each for the years it is needed in, then the events."""
    filled = list(events)
    for zone in sorted({entry.zone_name for entry, _ in filled}):
        here = [entry for entry, _ in filled if entry.zone_name == zone]
        first, last = min(entry.starts_at for entry in here), max(entry.ends_at for entry in here)
        calendar.add_component(vtimezone(name=zone, first=first, last=last))
    for _, event in filled:
        calendar.add_component(event)


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("status", str(entry.status))
    event.add("transp", "TRANSPARENT" if entry.status is EntryStatus.CANCELLED else "OPAQUE")
    event.add("class", "PRIVATE")  # a colleague who may look into the calendar sees that somebody is away, not where
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("location", entry.location)
    event.add("url", entry.url)
    # Mail programs trust an invitation only if its organizer is who wrote the mail.
    event.add("organizer", _address(entry.organizer, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    return event


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{quote(plain(email), safe='@!$&*+-/=^_`{|}~.')}")
    # RFC 5545 has no way to write a quotation mark here, and few programs know the later one.
    address.params["CN"] = plain(name).replace('"', "'")
    return address
