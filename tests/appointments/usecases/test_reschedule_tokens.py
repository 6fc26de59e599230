"""A price for moving that was shown holds for ten minutes, for the slot and for whom it was shown."""

from datetime import timedelta
from typing import Any

import pytest

from appointments.actor import Actor
from appointments.errors import NotAllowedError, QuoteChangedError
from appointments.models import Appointment, Slot
from appointments.offers import RescheduleOffer
from appointments.quoting import offer_reschedule, reschedule_request
from appointments.usecases.reschedule import reschedule_appointment
from policies.rules.quote import Refusal
from tests import factories as make
from tests.appointments.rows import nothing_changed

pytestmark = pytest.mark.django_db


def offer(appointment: Appointment, slot: Slot, actor: Actor, **parts: Any) -> RescheduleOffer:
    request = reschedule_request(actor=actor, for_hospital=False, override=False)
    return offer_reschedule(
        appointment=make.fresh(appointment), slot=slot, actor=actor, request=request, **{"now": make.NOW, **parts}
    )


def test_token_when_window_closed_meanwhile() -> None:
    appointment = make.booked()
    slot, actor = make.moving(appointment), make.patient_of(appointment)
    closes = make.STARTS_AT - timedelta(hours=2)
    token = offer(appointment, slot, actor, now=closes).token

    reschedule_appointment(
        appointment_id=appointment.pk,
        slot_id=slot.pk,
        actor=actor,
        now=closes + timedelta(minutes=10),
        quote_token=token,
    )

    assert make.fresh(appointment).status == Appointment.Status.RESCHEDULED


def test_token_when_of_another_slot() -> None:
    appointment = make.booked()
    actor = make.patient_of(appointment)
    cheap = make.moving(appointment)
    dear = make.moving(appointment, starts_at=make.STARTS_AT + timedelta(days=2), price=500_000)
    token = offer(appointment, cheap, actor).token

    with nothing_changed(), pytest.raises(QuoteChangedError) as changed:
        reschedule_appointment(
            appointment_id=appointment.pk, slot_id=dear.pk, actor=actor, now=make.NOW, quote_token=token
        )

    assert isinstance(changed.value.offer, RescheduleOffer)
    assert changed.value.offer.quote.due == 400_000


def test_token_when_price_changed_meanwhile() -> None:
    appointment = make.booked()
    slot, actor = make.moving(appointment), make.patient_of(appointment)
    token = offer(appointment, slot, actor).token
    Slot.objects.filter(pk=slot.pk).update(price=200_000)

    with nothing_changed(), pytest.raises(QuoteChangedError):
        reschedule_appointment(
            appointment_id=appointment.pk, slot_id=slot.pk, actor=actor, now=make.NOW, quote_token=token
        )


def test_token_when_slot_went_meanwhile() -> None:
    appointment = make.booked()
    slot, actor = make.moving(appointment), make.patient_of(appointment)
    token = offer(appointment, slot, actor).token
    make.held(slot=slot)

    with nothing_changed(), pytest.raises(NotAllowedError) as refused:
        reschedule_appointment(
            appointment_id=appointment.pk, slot_id=slot.pk, actor=actor, now=make.NOW, quote_token=token
        )

    assert refused.value.refusal is Refusal.SLOT_UNAVAILABLE


@pytest.mark.parametrize("late", [timedelta(minutes=10, microseconds=1), timedelta(microseconds=-1)])
def test_token_when_out_of_its_time(late: timedelta) -> None:
    appointment = make.booked()
    slot, actor = make.moving(appointment), make.patient_of(appointment)
    token = offer(appointment, slot, actor).token

    with nothing_changed(), pytest.raises(QuoteChangedError):
        reschedule_appointment(
            appointment_id=appointment.pk, slot_id=slot.pk, actor=actor, now=make.NOW + late, quote_token=token
        )


def test_token_when_new_start_came_meanwhile() -> None:
    appointment = make.booked()
    actor = make.patient_of(appointment)
    soon = make.moving(appointment, starts_at=make.NOW + timedelta(minutes=5))
    token = offer(appointment, soon, actor).token

    with nothing_changed(), pytest.raises(NotAllowedError) as refused:
        reschedule_appointment(
            appointment_id=appointment.pk, slot_id=soon.pk, actor=actor, now=soon.starts_at, quote_token=token
        )

    assert refused.value.refusal is Refusal.SLOT_IN_PAST
