"""What the tests of overrides share."""

from datetime import datetime
from decimal import Decimal

from appointments.models import Appointment, OverrideRequest
from appointments.reasons import Reason
from appointments.usecases.override import (
    worth_now,
)
from refunds.models import Refund
from tests import factories as make

WHY = Reason("ill", "Bereavement, letter seen")
HALF = Decimal(50)


def shown(asked: OverrideRequest, now: datetime) -> str:
    return worth_now(OverrideRequest.objects.get(pk=asked.pk), now=now).figures


def untouched(late: Appointment) -> bool:
    return make.fresh(late).status == "confirmed" and not Refund.objects.exists()
