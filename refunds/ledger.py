"""The only writer of the books. Each function posts one entry once; a repeat finds it there and posts nothing."""

from datetime import datetime

from refunds.models import Account, Channel, EntryKind, LedgerEntry, OutsideRefund, Payment, Refund, RefundAttempt

_PAID_FROM = {
    Channel.CREDIT.value: Account.PATIENT_CREDIT,
    Channel.INSURANCE_WINDOW.value: Account.INSURER_PAYABLE,
}


def post_capture(*, payment: Payment, holder: str, at: datetime) -> None:
    """Money came in. `holder`: whose credit paid, empty when fresh money did."""
    LedgerEntry.objects.get_or_create(
        key=f"capture:{payment.pk.hex}",
        defaults={
            "kind": EntryKind.CAPTURE,
            "debit": Account.PATIENT_CREDIT if holder else Account.CLEARING,
            "credit": Account.PATIENT_FUNDS,
            "amount": payment.amount,
            "currency": payment.currency,
            "holder": holder,
            "payment": payment,
            "at": at,
        },
    )


def post_grant(*, refund: Refund, at: datetime) -> None:
    """The patient's money became a debt of ours."""
    _post(
        key=f"grant:{refund.pk.hex}",
        kind=EntryKind.GRANT,
        debit=Account.PATIENT_FUNDS,
        credit=Account.REFUNDS_PAYABLE,
        refund=refund,
        at=at,
    )


def post_paid(*, refund: Refund, attempt: RefundAttempt, at: datetime) -> None:
    """The debt was paid, through the attempt's channel."""
    _post(
        key=f"paid:{attempt.key}",
        kind=EntryKind.PAID,
        debit=Account.REFUNDS_PAYABLE,
        credit=_PAID_FROM.get(attempt.channel, Account.CLEARING),
        refund=refund,
        at=at,
    )


def post_returned(*, refund: Refund, attempt: RefundAttempt, at: datetime) -> None:
    """The bank sent the money back: the debt stands again."""
    _post(
        key=f"returned:{attempt.key}",
        kind=EntryKind.RETURNED,
        debit=_PAID_FROM.get(attempt.channel, Account.CLEARING),
        credit=Account.REFUNDS_PAYABLE,
        refund=refund,
        at=at,
    )


def post_outside(*, outside: OutsideRefund, at: datetime) -> None:
    """The provider gave the patient money of ours without being asked by us: it is the patient's no more."""
    LedgerEntry.objects.get_or_create(
        key=f"outside:{outside.gateway}:{outside.provider_id}",
        defaults={
            "kind": EntryKind.OUTSIDE,
            "debit": Account.PATIENT_FUNDS,
            "credit": Account.EXTERNAL,
            "amount": outside.booked,
            "currency": outside.currency,
            "payment_id": outside.payment_id,
            "at": at,
        },
    )


def _post(*, key: str, kind: EntryKind, debit: Account, credit: Account, refund: Refund, at: datetime) -> None:
    """One entry about one refund, once."""
    holder = refund.holder if Account.PATIENT_CREDIT in (debit, credit) else ""
    LedgerEntry.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "debit": debit,
            "credit": credit,
            "amount": refund.amount,
            "currency": refund.currency,
            "holder": holder,
            "payment_id": refund.payment_id,
            "refund": refund,
            "at": at,
        },
    )
