"""What the database refuses, whoever asks."""

import uuid
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from refunds.models import Checkout, Incident, LedgerEntry, Payment, Refund, RefundAttempt, RefundEvent, Way
from tests.refunds import builders
from tests.refunds.fake import FakeGateway, fact

pytestmark = pytest.mark.django_db
protection = import_module("refunds.migrations.0002_protection")


@pytest.fixture
def refund(gateway: FakeGateway) -> Refund:
    """Completed, with an incident, so that every table has a row."""
    made = builders.refund(builders.payment_at("fake"))
    gateway.on_send = fact("succeeded")
    builders.work(made)
    gateway.on_fetch = fact("succeeded", amount=1)
    return builders.work(made)


def snapshot() -> list[object]:
    models = (Payment, Refund, RefundAttempt, RefundEvent, LedgerEntry, Incident, Checkout)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.parametrize(
    ("sql", "guard"),
    [
        ("DELETE FROM refunds_refundevent", "refunds_refundevent_no_delete"),
        ("UPDATE refunds_refundevent SET note = 'x'", "refunds_refundevent_append_only"),
        ("DELETE FROM refunds_ledgerentry", "refunds_ledgerentry_no_delete"),
        ("UPDATE refunds_ledgerentry SET amount = 1", "refunds_ledgerentry_append_only"),
        ("DELETE FROM refunds_incident", "refunds_incident_no_delete"),
        ("UPDATE refunds_incident SET kind = 'x'", "refunds_incident_append_only"),
        ("DELETE FROM refunds_payment", "refunds_payment_no_delete"),
        ("DELETE FROM refunds_refund", "refunds_refund_no_delete"),
        ("DELETE FROM refunds_refundattempt", "refunds_refundattempt_no_delete"),
        ("UPDATE refunds_payment SET amount = amount + 1", "refunds_payment_money_is_a_fact"),
        ("UPDATE refunds_payment SET currency = 'EUR'", "refunds_payment_money_is_a_fact"),
        ("UPDATE refunds_payment SET source = 'chain:2'", "refunds_payment_money_is_a_fact"),
        ("UPDATE refunds_payment SET reserved = 0", "refunds_payment_reserves_its_refunds"),
        ("UPDATE refunds_payment SET reserved = amount + 1", "refunds_payment_reserved_within_captured"),
        ("UPDATE refunds_payment SET refunded_elsewhere = amount", "refunds_payment_reserved_within_captured"),
        ("UPDATE refunds_refund SET amount = 1", "refunds_refund_money_is_fixed"),
        ("UPDATE refunds_refund SET currency = 'EUR'", "refunds_refund_money_is_fixed"),
        ("UPDATE refunds_refund SET cause = 'x'", "refunds_refund_money_is_fixed"),
        ("UPDATE refunds_refund SET status = 'pending', settled_at = NULL", "refunds_refund_legal_edges"),
        ("UPDATE refunds_refund SET status = 'processing', settled_at = NULL", "refunds_refund_legal_edges"),
        ("UPDATE refunds_refund SET status = 'failed', settled_at = NULL", "refunds_refund_failed_has_reason"),
        ("UPDATE refunds_refund SET settled_at = NULL", "refunds_refund_completed_is_settled"),
        ("UPDATE refunds_refundattempt SET key = 'x'", "refunds_refundattempt_request_is_fixed"),
        ("UPDATE refunds_refundattempt SET body = '{}'", "refunds_refundattempt_request_is_fixed"),
        ("UPDATE refunds_refundattempt SET provider_id = 'x'", "refunds_refundattempt_provider_id_stays"),
        ("UPDATE refunds_refund SET requested_by = 'x'", "refunds_refund_asked_by_is_fixed"),
        ("UPDATE refunds_refundattempt SET state = 'ready'", "refunds_refundattempt_legal_edges"),
        ("UPDATE refunds_refundattempt SET state = 'rejected'", "refunds_refundattempt_legal_edges"),
    ],
)
def test_tampering_when_by_sql(refund: Refund, sql: str, guard: str) -> None:
    before = snapshot()

    with pytest.raises(IntegrityError, match=guard), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert snapshot() == before


def copy_of(refund: Refund, **changes: object) -> Refund:
    fields = {
        "payment": refund.payment,
        "amount": 25_001,
        "currency": "INR",
        "way": Way.CASH,
        "granted_at": builders.NOW,
    }
    return Refund(**{"cause": "sql:1", **fields, **changes})


@pytest.mark.parametrize(
    ("reserve", "changes", "guard"),
    [
        (0, {}, "refunds_refund_within_reserved"),
        (25_000, {"amount": 25_001}, "refunds_refund_within_reserved"),
        (25_000, {"amount": 1, "currency": "EUR"}, "refunds_refund_within_reserved"),
    ],
)
def test_refund_when_inserted_past_the_operation(
    refund: Refund, reserve: int, changes: dict[str, object], guard: str
) -> None:
    Payment.objects.update(reserved=F("reserved") + reserve)

    with pytest.raises(IntegrityError, match=guard), transaction.atomic():
        copy_of(refund, **changes).save(force_insert=True)
    assert Refund.objects.count() == 1


def test_attempt_when_a_second_would_hold_money(refund: Refund) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundAttempt.objects.create(
            refund=refund, number=2, channel="cash", key="rf_x_2", body={}, created_at=builders.NOW
        )
    assert RefundAttempt.objects.count() == 1


def test_payment_when_its_cause_is_paid_already(refund: Refund) -> None:
    again = Payment.objects.get()
    again.pk, again.provider_id, again.reserved = uuid.uuid4(), "pay_2", 0

    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_guards_when_taken_away_and_put_back(refund: Refund) -> None:
    with connection.schema_editor() as editor:
        protection.remove(apps, editor)
    Refund.objects.update(cause="changed")
    with connection.schema_editor() as editor:
        protection.install(apps, editor)

    with pytest.raises(IntegrityError, match="money_is_fixed"):
        Refund.objects.update(cause="changed again")
    assert Refund.objects.get().cause == "changed"
