"""A holder's credit, out of the books, and paid out as money."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from refunds import ledger, locks
from refunds.bank import seal
from refunds.bank.details import kind_for
from refunds.errors import CreditTooLow, WayNotPossible
from refunds.manual.cash import may_be_paid_in_cash
from refunds.models import MANUAL_GATEWAY, LedgerEntry, Method, Payment, Purpose, Refund, RefundStatus, Way
from refunds.operations.grant import request_refund
from refunds.queries import credit_balance

PAYOUT = "payout"
"""What the cause of such a refund begins with."""


def ways_to_pay_out(*, amount: int, currency: str) -> list[Way]:
    """How so much credit can be paid out as money."""
    by_bank = [Way.BANK_TRANSFER] if seal.can_seal() and kind_for(currency=currency) else []
    return by_bank + ([Way.CASH] if may_be_paid_in_cash(amount=amount, currency=currency) else [])


def pay_out_credit(*, holder: str, currency: str, way: Way, requested_by: str, now: datetime) -> Refund:
    """Turn all of a holder's credit in one currency into a refund that goes back as money.

    The credit is spent on a payment that counts for nothing and goes back whole, so it leaves the books once, however often it is asked for.
    It belongs to the chain that gave the newest of it. Raises `CreditTooLow` where there is none, `WayNotPossible`.
    """
    with transaction.atomic():
        locks.lock_name(name=f"credit:{holder}")
        balance = credit_balance(holder=holder, currency=currency)
        given = Refund.objects.filter(
            holder=holder, currency=currency, way=Way.CREDIT, status=RefundStatus.COMPLETED
        ).select_related("payment")
        giver = given.order_by("-settled_at", "-pk").first()
        if balance <= 0 or giver is None:
            raise CreditTooLow(available=max(balance, 0))
        if way not in ways_to_pay_out(amount=balance, currency=currency):
            raise WayNotPossible
        key = uuid.uuid4()
        payment = Payment.objects.create(
            pk=key,
            source=giver.payment.source,
            purpose=Purpose.CONSULTATION,
            cause=f"{PAYOUT}:{key}",
            currency=currency,
            amount=balance,
            method=Method.CREDIT,
            gateway=MANUAL_GATEWAY,
            usable=False,
            captured_at=now,
            payer=holder,
            recorded_by=requested_by,
        )
        ledger.post_capture(payment=payment, holder=holder, at=now)
        return request_refund(
            payment_id=key, cause=payment.cause, amount=balance, way=way, requested_by=requested_by, now=now
        )


def credit_balances(*, holder: str) -> dict[str, int]:
    """The holder's credit by currency, in minor units; currencies without any are left out."""
    currencies = LedgerEntry.objects.filter(holder=holder).order_by("currency").values_list("currency", flat=True)
    balances = {currency: credit_balance(holder=holder, currency=currency) for currency in currencies.distinct()}
    return {currency: balance for currency, balance in balances.items() if balance}


def credit_entries(*, holder: str) -> QuerySet[LedgerEntry]:
    """What the credit is made of, newest first: given where patient credit stands on the credit side, taken on the other."""
    return LedgerEntry.objects.filter(holder=holder).order_by("-at", "-pk")
