"""The limit of the cash desk."""

from django.conf import settings
from django.utils.translation import gettext as _

from refunds.errors import RefundError
from refunds.models import Channel, Refund, RefundAttempt
from refunds.money import formatted


class OverCashLimit(RefundError):
    """More than one refund may be paid in cash."""

    code = "over_cash_limit"

    def __init__(self, *, limit: int, currency: str) -> None:
        """Say the limit, in minor units, and what to do instead."""
        super().__init__()
        self.sentence = _(
            "At most %(limit)s may be paid in cash. Mark it as failed and pay it by bank transfer: the patient is asked for the details."
        ) % {"limit": formatted(amount=limit, currency=currency)}


def may_be_paid_in_cash(*, amount: int, currency: str) -> bool:
    """Whether the cash desk may pay so many minor units at once."""
    limit = settings.CASH_REFUND_LIMIT.get(currency)
    return limit is None or amount <= limit


def check_cash_limit(*, refund: Refund, attempt: RefundAttempt) -> None:
    """Raises `OverCashLimit` for a refund in cash above the limit of its currency."""
    if attempt.channel == Channel.CASH and not may_be_paid_in_cash(amount=refund.amount, currency=refund.currency):
        raise OverCashLimit(limit=settings.CASH_REFUND_LIMIT[refund.currency], currency=refund.currency)
