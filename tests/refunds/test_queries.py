"""What other apps and the desk read."""

from datetime import timedelta

import pytest

from refunds import operations, queries
from refunds.models import Refund, Way
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.usefixtures("promises")
DAY = timedelta(days=1)


def test_payments_when_of_a_chain() -> None:
    first, second = builders.payment(), builders.by_hand()
    newest = max(first, second, key=lambda payment: payment.pk)

    assert queries.payments_of(source="chain:1")[0] == newest
    assert queries.payments_of(source="chain:2").count() == 0
    assert str(first) == str(first.pk)


def test_remaining_when_partly_refunded() -> None:
    payment = builders.payment()
    builders.refund(payment)

    assert queries.remaining_of(source="chain:1") == {payment.pk: 25_000}


def test_refunds_when_asked_by_source_and_cause() -> None:
    refund = builders.refund(builders.payment())

    assert list(queries.refunds_of(source="chain:1")) == [refund]
    assert list(queries.refunds_for(cause="cancel:1")) == [refund]
    assert list(queries.refunds_for(cause="cancel:2")) == []
    assert queries.payment_for(cause="hold:2") is None
    assert str(refund) == str(refund.pk)


def test_work_when_due_and_stuck() -> None:
    refund = builders.refund(builders.payment())
    minute = timedelta(minutes=1)

    assert list(queries.due(now=builders.NOW - minute)) == []
    assert list(queries.due(now=builders.NOW)) == [refund]
    assert list(queries.stuck(now=builders.NOW + 14 * minute)) == []
    assert list(queries.stuck(now=builders.NOW + 15 * minute)) == [refund]


def test_overdue_when_promised_days_have_passed() -> None:
    refund = builders.refund(builders.payment())

    assert list(queries.overdue(now=builders.NOW + 3 * DAY, after=3 * DAY)) == []
    assert list(queries.overdue(now=builders.NOW + 3 * DAY + timedelta(microseconds=1), after=3 * DAY)) == [refund]


def test_overdue_when_completed() -> None:
    builders.refund(builders.payment(), way=Way.CREDIT, holder="patient:1")

    assert list(queries.overdue(now=builders.NOW + 30 * DAY, after=DAY)) == []


def test_waiting_when_a_person_pays() -> None:
    cash = builders.refund(builders.by_hand(), way=Way.CASH)
    builders.refund(builders.payment())

    assert list(queries.waiting_for_person()) == [cash]


def test_news_when_settled_and_returned(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = fact("succeeded")
    builders.work(refund)
    first = list(queries.settled_since(cursor=0))
    gateway.on_fetch = fact("failed")
    builders.work(refund)

    assert [event.to_status for event in first] == ["completed"]
    assert [event.to_status for event in queries.settled_since(cursor=first[0].pk)] == ["failed"]
    assert list(queries.failed()) == [refund]


def test_incidents_when_there_are_some(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = fact(amount=1)
    builders.work(refund)

    assert [incident.refund for incident in queries.incidents()] == [refund]


def test_attempt_when_an_older_one_paid(gateway: FakeGateway) -> None:
    refund = builders.refund(builders.payment_at("fake"))
    gateway.on_send = fact("failed")
    builders.work(refund)
    operations.retry(refund_id=refund.pk, actor="staff:1", now=builders.NOW)

    assert queries.current_attempt(refund=Refund.objects.get()).number == 2
