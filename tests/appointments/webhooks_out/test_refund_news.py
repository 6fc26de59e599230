"""Steps of refunds, read once each, however late their commit."""

import json
from datetime import timedelta

import pytest

from appointments.models import Appointment, WebhookBookmark, WebhookEndpoint, WebhookMessage
from appointments.usecases.cancel import cancel_appointment
from appointments.webhooks_out import refund_news
from appointments.webhooks_out.refund_news import note_refunds
from refunds.models import Refund, RefundEvent, RefundStatus
from refunds.record import move_refund
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def refunded(booking: Appointment) -> Refund:
    cancel_appointment(appointment_id=booking.pk, actor=make.patient_of(booking), now=NOW)
    return Refund.objects.get(payment__source=booking.chain.source)


def steps() -> list[int]:
    rows = WebhookMessage.objects.filter(kind="refund.updated").order_by("at", "key")
    return [json.loads(row.body)["data"]["sequence"] for row in rows]


def position() -> int:
    return WebhookBookmark.objects.get().position


def test_refund_when_granted(booking: Appointment) -> None:
    refund = refunded(booking)

    assert note_refunds(now=NOW) == 1
    message = WebhookMessage.objects.get(kind="refund.updated")
    assert (message.subject, message.channel_id, message.at) == (str(refund.pk), booking.chain.channel_id, NOW)
    assert json.loads(message.body)["data"] == {
        "id": str(refund.pk),
        "appointment": booking.reference,
        "sequence": 1,
        "status": "pending",
        "granted_at": "2026-11-02T09:00:00Z",
        "settled_at": None,
    }


def test_refund_when_read_again(booking: Appointment) -> None:
    refunded(booking)
    note_refunds(now=NOW)

    assert [note_refunds(now=NOW + timedelta(seconds=10)), note_refunds(now=NOW + 2 * HOUR)] == [0, 0]
    assert steps() == [1]


def test_refund_when_settled(booking: Appointment) -> None:
    refund = refunded(booking)
    for status in (RefundStatus.PROCESSING, RefundStatus.COMPLETED):
        move_refund(refund=refund, to=status, at=NOW + HOUR, actor="test")

    assert note_refunds(now=NOW + HOUR) == 3
    newest = WebhookMessage.objects.filter(at=NOW + HOUR).order_by("-key")[0]
    data = json.loads(newest.body)["data"]
    assert (data["status"], data["settled_at"]) == ("completed", "2026-11-02T10:00:00Z")


def test_refund_when_of_another_channel(endpoint: WebhookEndpoint) -> None:
    refunded(make.booked())

    assert note_refunds(now=NOW) == 0


def test_bookmark_when_moved_on(booking: Appointment) -> None:
    """It stays for an hour behind what could be seen."""
    refunded(booking)
    newest = RefundEvent.objects.latest("pk").pk
    WebhookBookmark.objects.update(ceiling_at=NOW - HOUR)

    note_refunds(now=NOW)
    assert position() == 0
    note_refunds(now=NOW + HOUR - timedelta(seconds=1))
    assert position() == 0
    note_refunds(now=NOW + HOUR)
    assert position() == newest


def test_refund_when_its_commit_came_late(booking: Appointment) -> None:
    """Its number is lower than those that were read long since; a plain cursor would have passed it."""
    refund = refunded(booking)
    first = RefundEvent.objects.get()
    WebhookBookmark.objects.update(ceiling_at=NOW)
    RefundEvent.objects.create(pk=first.pk + 5, refund=refund, sequence=2, to_status="processing", at=NOW, actor="test")
    assert note_refunds(now=NOW) == 2

    RefundEvent.objects.create(pk=first.pk + 3, refund=refund, sequence=3, to_status="completed", at=NOW, actor="test")

    assert note_refunds(now=NOW + HOUR) == 1
    assert sorted(steps()) == [1, 2, 3]


def test_refund_when_more_than_a_page(booking: Appointment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refund_news, "_AT_ONCE", 1)
    refund = refunded(booking)
    move_refund(refund=refund, to=RefundStatus.PROCESSING, at=NOW, actor="test")

    assert note_refunds(now=NOW) == 2


def test_refund_when_before_the_first_address(db: None) -> None:
    booking = make.booked()
    refunded(booking)

    refund_news.open_bookmark(now=NOW)

    assert position() == RefundEvent.objects.latest("pk").pk


def test_refund_when_nobody_ever_listened(db: None) -> None:
    refunded(make.booked())

    assert note_refunds(now=NOW) == 0
    assert not WebhookBookmark.objects.exists()
