"""A figure that was shown holds for ten minutes, for whom and for what it was shown."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from appointments.actor import Actor
from appointments.errors import NotAllowedError, QuoteChangedError
from appointments.models import Appointment
from appointments.offers import CancellationOffer
from appointments.quoting import cancellation_request, offer_cancellation
from appointments.reasons import Reason
from appointments.usecases.cancel import cancel_appointment
from tests import factories as make
from tests.appointments.rows import nothing_changed, refunds_of

pytestmark = pytest.mark.django_db

TEN_MINUTES = timedelta(minutes=10)
TICK = timedelta(microseconds=1)
#: The last moment of the tier of 75 %.
BOUNDARY = make.STARTS_AT - timedelta(hours=12)


def offer(
    appointment: Appointment,
    actor: Actor,
    *,
    now: datetime,
    for_hospital: bool = False,
    override_percent: Decimal | None = None,
) -> CancellationOffer:
    request = cancellation_request(actor=actor, for_hospital=for_hospital, override_percent=override_percent)
    return offer_cancellation(appointment=make.fresh(appointment), actor=actor, request=request, now=now)


def test_token_when_boundary_passed_meanwhile() -> None:
    appointment = make.booked()
    actor = make.patient_of(appointment)
    shown = offer(appointment, actor, now=BOUNDARY)

    cancel_appointment(appointment_id=appointment.pk, actor=actor, now=BOUNDARY + TEN_MINUTES, quote_token=shown.token)

    assert shown.valid_until == BOUNDARY + TEN_MINUTES
    assert shown.quote.refund == 75_000
    assert refunds_of(appointment) == [("original", 75_000)]


def test_token_when_ten_minutes_are_over() -> None:
    appointment = make.booked()
    actor = make.patient_of(appointment)
    shown = offer(appointment, actor, now=BOUNDARY)
    later = BOUNDARY + TEN_MINUTES + TICK

    with nothing_changed(), pytest.raises(QuoteChangedError) as changed:
        cancel_appointment(appointment_id=appointment.pk, actor=actor, now=later, quote_token=shown.token)

    new = changed.value.offer
    assert isinstance(new, CancellationOffer)
    assert (new.quote.refund, new.quoted_at) == (50_000, later)

    cancel_appointment(appointment_id=appointment.pk, actor=actor, now=later, quote_token=new.token)
    assert refunds_of(appointment) == [("original", 50_000)]


def test_token_when_window_closed_meanwhile() -> None:
    slot = make.SlotFactory.create(doctor__centre__policy=make.published_policy(window_hours=12))
    appointment = make.booked(slot=slot)
    actor = make.patient_of(appointment)
    shown = offer(appointment, actor, now=BOUNDARY)

    cancel_appointment(appointment_id=appointment.pk, actor=actor, now=BOUNDARY + TEN_MINUTES, quote_token=shown.token)

    assert refunds_of(appointment) == [("original", 75_000)]


def test_token_when_over_and_window_closed() -> None:
    slot = make.SlotFactory.create(doctor__centre__policy=make.published_policy(window_hours=12))
    appointment = make.booked(slot=slot)
    actor = make.patient_of(appointment)
    shown = offer(appointment, actor, now=BOUNDARY)

    with nothing_changed(), pytest.raises(NotAllowedError) as refused:
        cancel_appointment(
            appointment_id=appointment.pk, actor=actor, now=BOUNDARY + TEN_MINUTES + TICK, quote_token=shown.token
        )

    assert refused.value.code == "window_closed"


def test_token_when_start_came_meanwhile() -> None:
    appointment = make.booked()
    actor = make.patient_of(appointment)
    shown = offer(appointment, actor, now=make.STARTS_AT - TICK)

    cancel_appointment(appointment_id=appointment.pk, actor=actor, now=make.STARTS_AT, quote_token=shown.token)

    assert make.fresh(appointment).status == Appointment.Status.CANCELLED


def _refused(appointment: Appointment, actor: Actor, token: str, **request: Any) -> None:
    reason = Reason(make.ReasonCodeFactory.create().code, "because")
    with nothing_changed(), pytest.raises(QuoteChangedError):
        cancel_appointment(
            appointment_id=appointment.pk,
            actor=actor,
            now=make.NOW,
            reason=reason,
            quote_token=token,
            **request,
        )


def test_token_when_of_another_appointment() -> None:
    patient = make.PatientFactory.create()
    one, other = make.booked(patient=patient), make.booked(patient=patient)
    actor = make.patient_of(one)

    _refused(one, actor, offer(other, actor, now=make.NOW).token)


def test_token_when_made_for_a_patient_and_brought_by_staff() -> None:
    appointment = make.booked()
    shown = offer(appointment, make.patient_of(appointment), now=make.NOW)

    _refused(appointment, make.staff_of(appointment), shown.token)


def test_token_when_of_another_member_of_staff() -> None:
    appointment = make.booked()
    shown = offer(appointment, make.staff_of(appointment), now=make.NOW)

    _refused(appointment, make.staff_of(appointment), shown.token)


def test_token_when_used_for_the_hospital() -> None:
    appointment = make.booked()
    actor = make.staff_of(appointment)

    _refused(appointment, actor, offer(appointment, actor, now=make.NOW).token, for_hospital=True)


def test_token_when_another_percentage_is_set() -> None:
    appointment = make.booked()
    actor = make.staff_of(appointment, "override_percentage")
    shown = offer(appointment, actor, now=make.NOW, override_percent=Decimal(10))

    _refused(appointment, actor, shown.token, override_percent=Decimal(100))


def test_token_when_appointment_changed_meanwhile() -> None:
    appointment = make.booked()
    actor = make.patient_of(appointment)
    shown = offer(appointment, actor, now=make.NOW)
    Appointment.objects.filter(pk=appointment.pk).update(version=appointment.version + 1)

    _refused(appointment, actor, shown.token)


def test_token_when_money_changed_meanwhile() -> None:
    appointment = make.booked()
    actor = make.patient_of(appointment)
    shown = offer(appointment, actor, now=make.NOW)
    appointment.chain.held = 90_000
    appointment.chain.save(update_fields=["held"])

    _refused(appointment, actor, shown.token)


@pytest.mark.parametrize("position", [0, 10, -1])
def test_token_when_altered(position: int) -> None:
    appointment = make.booked()
    actor = make.patient_of(appointment)
    token = list(offer(appointment, actor, now=make.NOW).token)
    token[position] = "A" if token[position] != "A" else "B"

    _refused(appointment, actor, "".join(token))


@pytest.mark.parametrize("token", ["", "x", "a:b", "a:b:c", "\x00", "\ud800", "é" * 5000])
def test_token_when_it_is_none(token: str) -> None:
    appointment = make.booked()

    _refused(appointment, make.patient_of(appointment), token)


def test_token_when_from_the_future() -> None:
    appointment = make.booked()
    actor = make.patient_of(appointment)

    _refused(appointment, actor, offer(appointment, actor, now=make.NOW + TICK).token)
