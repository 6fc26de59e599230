"""Eight requests at once, on whichever database the tests run on."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from appointments.models import Appointment, AppointmentEvent, Channel, Partner, StoredAnswer
from appointments.partners.keys import issue_key
from refunds.models import Refund
from tests.api.conftest import PartnerClient
from tests.factories import DoctorFactory, SlotFactory, booked

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AT_ONCE = 8


def together(client: PartnerClient, path: str, body: dict[str, Any], keys: list[str]) -> list[Any]:
    """Send the same body under these keys at the same moment; return the answers."""
    answers: list[Any] = [None] * len(keys)
    start = threading.Barrier(len(keys))

    def send(number: int, key: str) -> None:
        try:
            connection.ensure_connection()
            start.wait(10)
            answers[number] = client.write(path, body, key=key)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=pair) for pair in enumerate(keys)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.parametrize(
    "keys", [["one"] * AT_ONCE, [f"key-{number}" for number in range(AT_ONCE)]], ids=["same", "own"]
)
def test_cancel_when_eight_at_once(partner: Partner, channel: Channel, keys: list[str]) -> None:
    now = timezone.now()
    client = PartnerClient(issue_key(partner_id=partner.pk, now=now).secret)
    slot = SlotFactory.create(doctor=DoctorFactory.create(centre=channel.centre), starts_at=now + timedelta(days=3))
    booking: Appointment = booked(slot=slot, channel=channel, booked_at=now)
    path = f"appointments/{booking.reference}/cancellation/"
    body = {"quote": client.read(path).json()["quote"]}

    answers = together(client, path, body, keys)

    done = [answer.content for answer in answers if answer.status_code == 201]
    others = [answer.json()["code"] for answer in answers if answer.status_code != 201]
    assert len(set(done)) == 1
    assert set(others) <= ({"still_running"} if len(set(keys)) == 1 else set())
    assert (AppointmentEvent.objects.filter(kind="cancelled").count(), Refund.objects.count()) == (1, 1)
    assert StoredAnswer.objects.filter(status=201).count() == len(set(keys))
