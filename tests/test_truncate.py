"""PostgreSQL can empty a table without deleting rows; what may not be deleted may not be emptied either."""

import pytest
from django.db import DatabaseError, connection, transaction

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.mark.parametrize(
    "table",
    [
        "appointments_appointment",
        "appointments_appointmentevent",
        "appointments_chain",
        "policies_policyversion",
        "policies_tier",
        "refunds_incident",
        "refunds_ledgerentry",
        "refunds_payment",
        "refunds_refund",
        "refunds_refundattempt",
        "refunds_refundevent",
    ],
)
def test_truncate_when_rows_are_kept(table: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
