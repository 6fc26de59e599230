"""The only row locks of this app, in one order: checkouts, payments, refunds; each by primary key.

Each function locks **and re-reads**: use only what it returns. SQLite has no row locks and needs none: BEGIN IMMEDIATE lets one
writer in at a time.
"""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db import connection, models

from refunds.models import Checkout, Payment, Refund

_Row = TypeVar("_Row", bound=models.Model)


def lock_checkouts(*, cause: str) -> list[Checkout]:
    """Every checkout of one deed, oldest key first."""
    return list(_locked(Checkout.objects.filter(cause=cause)))


def lock_payment(*, payment_id: UUID) -> Payment:
    """The payment. Raises `Payment.DoesNotExist`."""
    return _locked(Payment.objects.filter(pk=payment_id)).get()


def lock_payments(*, payment_ids: Iterable[UUID]) -> dict[UUID, Payment]:
    """The payments that exist, by key, locked in the order of their keys."""
    return {payment.pk: payment for payment in _locked(Payment.objects.filter(pk__in=list(payment_ids)))}


def lock_refund(*, refund_id: UUID) -> Refund:
    """The refund, after its payment. Raises `Refund.DoesNotExist`."""
    _locked(Payment.objects.filter(refunds=refund_id)).first()
    return _locked(Refund.objects.filter(pk=refund_id)).get()


def lock_name(*, name: str) -> None:
    """One holder of a name at a time, until the transaction ends: for what has no row to lock yet."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"refunds:{name}"])


def _locked(rows: "models.QuerySet[_Row]") -> "models.QuerySet[_Row]":
    """The rows, ordered, for update where the database has row locks."""
    ordered = rows.order_by("pk")
    return ordered.select_for_update(of=("self",)) if connection.vendor == "postgresql" else ordered
