"""Somebody who paid too late is told when the money has gone back."""

from datetime import timedelta

import pytest
import time_machine

from appointments import tasks
from appointments.usecases.expire import expire_draft
from appointments.usecases.pay import apply_payment
from refunds import operations
from refunds.gateways.base import RefundFact
from refunds.models import Refund, RefundAttempt
from tests import factories as make
from tests.appointments.rows import messages_of

pytestmark = pytest.mark.django_db


def test_news_when_money_came_too_late() -> None:
    draft = make.held()
    checkout = make.checkout_for(draft)
    later = make.NOW + timedelta(hours=1)
    expire_draft(appointment_id=draft.pk, now=later)
    apply_payment(payment_id=make.captured(checkout, now=later).pk, now=later)
    refund = Refund.objects.get()
    attempt = RefundAttempt.objects.get(refund=refund)
    operations.apply_outcome(
        attempt_id=attempt.pk,
        fact=RefundFact(
            provider_id="re_1",
            state="succeeded",
            amount=refund.amount,
            currency=refund.currency,
            payment_provider_id=refund.payment.provider_id,
        ),
        now=later,
        actor="gateway:sandbox",
    )

    with time_machine.travel(later, tick=False):
        tasks.announce_refund_news()

    assert messages_of(draft) == ["refund_completed"]
