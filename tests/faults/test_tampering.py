"""What somebody with the database's password cannot do: pay again what was paid, or rewrite what happened."""

import pytest
from django.db import DatabaseError, connection, transaction

from refunds.models import LedgerEntry, Refund, RefundAttempt, RefundEvent
from tests.faults.stage import DONE, PAID_ONCE, Stage, state

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


REWRITTEN = (
    "UPDATE refunds_refund SET status = 'pending', settled_at = NULL",
    "UPDATE refunds_refund SET status = 'processing', settled_at = NULL",
    "UPDATE refunds_refund SET amount = amount + 1",
    "UPDATE refunds_refundattempt SET state = 'ready'",
    "UPDATE refunds_refundattempt SET state = 'unknown'",
    "UPDATE refunds_refundattempt SET key = key || '0'",
    "UPDATE refunds_refundattempt SET body = '{}'",
    "UPDATE refunds_payment SET amount = amount * 2",
    "UPDATE refunds_payment SET reserved = 0",
    "UPDATE refunds_ledgerentry SET amount = 1",
    "UPDATE refunds_refundevent SET actor = 'nobody'",
    "DELETE FROM refunds_refundevent",
    "DELETE FROM refunds_ledgerentry",
    "DELETE FROM refunds_refundattempt",
    """
    INSERT INTO refunds_refundattempt
        (refund_id, number, channel, key, body, state, created_at, sends, reference, evidence)
    SELECT refund_id, 2, channel, key || '2', body, 'ready', created_at, 0, '', '{}' FROM refunds_refundattempt
    """,
)


def test_completed_when_it_is_tampered_with(stage: Stage) -> None:
    refund = stage.refund()
    stage.work()
    before = _everything()

    for sql in REWRITTEN:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)

    assert _everything() == before

    stage.work(turns=2)

    assert (stage.executed(), state(refund)) == (PAID_ONCE, DONE)


def _everything() -> list[object]:
    return [
        list(model._default_manager.order_by("pk").values())
        for model in (Refund, RefundAttempt, RefundEvent, LedgerEntry)
    ]
