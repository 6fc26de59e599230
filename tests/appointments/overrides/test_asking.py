from datetime import datetime
from decimal import Decimal

import pytest

from appointments.actor import Actor
from appointments.errors import (
    NotPermittedError,
    ReasonMissingError,
    SecondPersonNeededError,
    WrongStatusError,
)
from appointments.models import Appointment, OverrideRequest, User
from appointments.reasons import Reason
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.override import (
    ask_for_override,
)
from refunds.models import Refund
from tests.appointments.overrides.rows import HALF, WHY, untouched


def test_cancel_when_above_the_limit(late: Appointment, asker: User, soon: datetime) -> None:
    with pytest.raises(SecondPersonNeededError) as caught:
        cancel_appointment(
            appointment_id=late.pk, actor=Actor.staff(asker), now=soon, reason=WHY, override_percent=HALF
        )

    assert (caught.value.by_rules, caught.value.by_override) == (0, 50_000)
    assert untouched(late)


def test_cancel_when_exactly_the_limit(late: Appointment, asker: User, soon: datetime) -> None:
    cancel_appointment(
        appointment_id=late.pk, actor=Actor.staff(asker), now=soon, reason=WHY, override_percent=Decimal(20)
    )

    assert [row.amount for row in Refund.objects.all()] == [20_000]


def test_cancel_when_far_below_the_terms(late: Appointment, asker: User, now: datetime) -> None:
    with pytest.raises(SecondPersonNeededError) as caught:
        cancel_appointment(
            appointment_id=late.pk, actor=Actor.staff(asker), now=now, reason=WHY, override_percent=Decimal(0)
        )

    assert (caught.value.by_rules, caught.value.by_override) == (100_000, 0)
    assert untouched(late)


def test_ask_when_permitted(late: Appointment, asked: OverrideRequest, asker: User) -> None:
    assert (asked.by_rules, asked.by_override, asked.difference) == (0, 50_000, 50_000)
    assert (asked.asked_by, asked.state) == (asker, "waiting")
    assert untouched(late)


def test_ask_when_not_permitted(late: Appointment, second: User, soon: datetime) -> None:
    with pytest.raises(NotPermittedError):
        ask_for_override(appointment_id=late.pk, asked_by=second, now=soon, reason=WHY, percent=HALF)

    assert not OverrideRequest.objects.exists()


def test_ask_when_asked_twice(late: Appointment, asked: OverrideRequest, asker: User, soon: datetime) -> None:
    again = ask_for_override(appointment_id=late.pk, asked_by=asker, now=soon, reason=WHY, percent=HALF)

    assert again == asked
    with pytest.raises(WrongStatusError):
        ask_for_override(appointment_id=late.pk, asked_by=asker, now=soon, reason=WHY, percent=Decimal(60))


def test_ask_when_without_words(late: Appointment, asker: User, soon: datetime) -> None:
    with pytest.raises(ReasonMissingError):
        ask_for_override(appointment_id=late.pk, asked_by=asker, now=soon, reason=Reason("ill"), percent=HALF)

    assert not OverrideRequest.objects.exists()
