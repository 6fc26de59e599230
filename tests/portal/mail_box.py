"""The patient's mail box: the links and codes that were sent."""

import re
from datetime import datetime

from django.core import mail
from django.test import Client

from appointments.manage import links
from appointments.models import Appointment
from appointments.notifications.outbox import due_messages, send_message
from tests.factories import NOW
from tests.portal.walk import path


def deliver(*, now: datetime = NOW) -> None:
    """Send what waits in the outbox."""
    for message in due_messages(now=now, limit=100):
        assert send_message(message, now=now)


def newest_code(*, now: datetime = NOW) -> str:
    """The six digits of the newest mail, after sending what waits."""
    deliver(now=now)
    found = re.search(r"security code is (\d{6})\.", str(mail.outbox[-1].body))
    assert found
    return found[1]


def codes_sent() -> int:
    """How many mails with a code went out or wait."""
    deliver()
    return sum("security code is" in str(sent.body) for sent in mail.outbox)


def link_to(appointment: Appointment) -> str:
    """The address of a new link to a booking."""
    return f"/m/{links.issue_link(chain_id=appointment.chain_id, now=NOW)}/"


def wrong(code: str) -> str:
    """Another code of six digits."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def ask(client: Client, address: str) -> str:
    """Open a link, ask for a code and return it."""
    client.get(address)
    assert client.post("/manage/")["Location"] == "/manage/code/"
    return newest_code()


def come_in(client: Client, appointment: Appointment) -> None:
    """Pass the second step of a new link."""
    code = ask(client, link_to(appointment))
    assert client.post("/manage/code/", {"code": code})["Location"] == path("appointment", appointment)
