"""Sending: each message once, one bad recipient stops nobody, eight tries."""

import re
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from appointments.manage import links
from appointments.models import Appointment, ManageLink, OutboxMessage, Slot
from appointments.notifications.outbox import due_messages, send_message
from tests.factories import PatientFactory, booked, moving

_State = OutboxMessage.State


def _only() -> OutboxMessage:
    return OutboxMessage.objects.get()


def _refuse(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let the mail server refuse these recipients."""
    send = EmailBackend.send_messages

    def refusing(self: EmailBackend, messages: list[Any]) -> int:
        if any(address in message.to for message in messages for address in addresses):
            raise ConnectionRefusedError("the mail server is away")
        return int(send(self, messages))

    monkeypatch.setattr(EmailBackend, "send_messages", refusing)


def test_message_when_sent(appointment: Appointment, now: datetime) -> None:
    assert send_message(_only(), now=now) is True

    [sent] = mail.outbox
    row = _only()
    assert sent.to == ["rosa@example.org"]
    assert (row.state, row.sent_at, row.tries, row.error) == (_State.SENT, now, 1, "")
    token = re.search(r"/m/([^/]+)/", str(sent.body))
    assert token
    assert (row.subject, row.body) == (sent.subject, str(sent.body).replace(token[1], "known-to-the-patient-alone"))
    assert ManageLink.objects.get().digest == links.digest_of(token[1])


def test_message_when_sent_already(appointment: Appointment, now: datetime) -> None:
    seen_before = _only()
    send_message(_only(), now=now)

    assert send_message(seen_before, now=now + timedelta(hours=1)) is False

    assert len(mail.outbox) == 1
    assert due_messages(now=now + timedelta(days=9), limit=10) == []


def test_message_when_not_due_yet(appointment: Appointment, now: datetime) -> None:
    OutboxMessage.objects.update(next_at=now + timedelta(seconds=1))

    assert due_messages(now=now, limit=10) == []
    assert send_message(_only(), now=now) is False
    assert mail.outbox == []


def test_message_when_another_worker_is_at_it(
    appointment: Appointment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse(monkeypatch, "rosa@example.org")
    rival = _only()
    send_message(_only(), now=now)

    assert send_message(rival, now=now) is False

    assert _only().tries == 1


def test_messages_when_one_recipient_fails(slot: Slot, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    booked(slot=slot, patient=PatientFactory.create(user__email="bad@example.org"))
    booked(slot=moving(_first()), patient=PatientFactory.create(user__email="good@example.org"))
    _refuse(monkeypatch, "bad@example.org")

    results = [send_message(message, now=now) for message in due_messages(now=now, limit=10)]

    assert results == [False, True]
    assert [sent.to for sent in mail.outbox] == [["good@example.org"]]


def _first() -> Appointment:
    return Appointment.objects.get()


def test_message_when_server_refuses(appointment: Appointment, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    _refuse(monkeypatch, "rosa@example.org")

    assert send_message(_only(), now=now) is False

    row = _only()
    assert (row.state, row.tries, row.next_at) == (_State.WAITING, 1, now + timedelta(minutes=1))
    assert row.error == "ConnectionRefusedError: the mail server is away"
    assert (row.subject, row.body, row.sent_at) == ("", "", None)


def test_message_when_refused_eight_times(
    appointment: Appointment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse(monkeypatch, "rosa@example.org")
    for _ in range(8):
        send_message(_only(), now=_only().next_at)

    row = _only()

    assert (row.state, row.tries) == (_State.FAILED, 8)
    assert send_message(row, now=row.next_at) is False
    assert due_messages(now=row.next_at + timedelta(days=9), limit=10) == []


def test_message_when_server_is_back(appointment: Appointment, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as away:
        _refuse(away, "rosa@example.org")
        send_message(_only(), now=now)

    assert send_message(_only(), now=_only().next_at) is True

    assert (_only().state, _only().tries, _only().error) == (_State.SENT, 2, "")


def test_message_when_patient_has_no_address(slot: Slot, now: datetime) -> None:
    booked(slot=slot, patient=PatientFactory.create(user=None, email=""))

    assert _only().state == _State.FAILED
    assert due_messages(now=now, limit=10) == []


@pytest.mark.django_db(transaction=True)
def test_message_when_two_workers_race(slot: Slot, now: datetime) -> None:
    booked(slot=slot)
    rows, start, results = [_only(), _only()], Barrier(2), []

    def work(row: OutboxMessage) -> None:
        start.wait()
        results.append(send_message(row, now=now))
        connection.close()

    workers = [Thread(target=work, args=[row]) for row in rows]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(results) == [False, True]
    assert len(mail.outbox) == 1
