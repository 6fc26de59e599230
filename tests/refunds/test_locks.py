"""Locks give back fresh rows, in one order."""

import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from refunds import locks
from refunds.models import Payment, Refund
from tests.refunds import builders

pytestmark = pytest.mark.usefixtures("promises")


def test_payments_when_locked_in_order() -> None:
    first, second = builders.payment(), builders.by_hand()
    with transaction.atomic():
        locked = locks.lock_payments(payment_ids=[second.pk, first.pk, uuid.uuid4()])

    assert list(locked) == sorted([first.pk, second.pk])


def test_row_when_stale_in_hand() -> None:
    payment = builders.payment()
    refund = builders.refund(payment)
    with transaction.atomic():
        assert payment.reserved == 0
        assert locks.lock_payment(payment_id=payment.pk).reserved == 75_000
        assert locks.lock_refund(refund_id=refund.pk) == refund


def test_row_when_it_does_not_exist() -> None:
    with transaction.atomic(), pytest.raises(Payment.DoesNotExist):
        locks.lock_payment(payment_id=uuid.uuid4())
    with transaction.atomic(), pytest.raises(Refund.DoesNotExist):
        locks.lock_refund(refund_id=uuid.uuid4())


@pytest.mark.postgres
def test_refund_when_locked_comes_after_its_payment() -> None:
    refund = builders.refund(builders.payment())
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        locks.lock_refund(refund_id=refund.pk)

    tables = [query["sql"].partition('FROM "')[2].partition('"')[0] for query in asked.captured_queries]
    assert tables == ["refunds_payment", "refunds_refund"]
    assert all('FOR UPDATE OF "' in query["sql"] for query in asked.captured_queries)


@pytest.mark.postgres
def test_name_when_locked() -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        locks.lock_name(name="credit:patient:1")

    assert "pg_advisory_xact_lock" in asked.captured_queries[0]["sql"]
