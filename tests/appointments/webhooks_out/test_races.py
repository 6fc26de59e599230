"""Workers that meet over the same rows, on whichever database the tests run on."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from appointments.models import Appointment, WebhookDelivery, WebhookEndpoint, WebhookMessage
from appointments.usecases.cancel import cancel_appointment
from appointments.webhooks_out.deliver import claim_next
from appointments.webhooks_out.hand_over import due_messages, hand_over
from appointments.webhooks_out.refund_news import note_refunds
from tests import factories as make
from tests.factories import NOW

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def at_once(deed: Callable[[], Any], *, workers: int = 4) -> list[Any]:
    """Run the deed in so many threads at the same moment and return what they returned."""
    results: list[Any] = [None] * workers
    start = threading.Barrier(workers)

    def work(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(10)
            results[number] = deed()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_workers_when_together(booking: Appointment, endpoint: WebhookEndpoint) -> None:
    """Each message is written once, handed over once and claimed once."""
    cancel_appointment(appointment_id=booking.pk, actor=make.patient_of(booking), now=NOW)

    def hand_all() -> None:
        for message in due_messages(now=NOW, limit=9):
            hand_over(message, now=NOW)

    at_once(lambda: note_refunds(now=NOW))
    assert WebhookMessage.objects.filter(kind="refund.updated").count() == 1
    at_once(hand_all)
    assert WebhookDelivery.objects.count() == WebhookMessage.objects.count() == 4
    claims = at_once(lambda: claim_next(endpoint_id=endpoint.pk, now=NOW), workers=6)

    taken = [claim.delivery_id for claim in claims if claim]
    assert (len(taken), len(set(taken))) == (4, 4)
