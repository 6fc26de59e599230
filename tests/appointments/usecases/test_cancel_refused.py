"""Cancellations that are refused: each says why, and nothing changes."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from appointments.actor import Actor
from appointments.errors import (
    DomainError,
    NotAllowedError,
    NotPermittedError,
    PercentageImpossibleError,
    ReasonMissingError,
    ReasonUnknownError,
)
from appointments.models import Appointment
from appointments.reasons import Reason
from appointments.usecases.attend import check_in, complete_appointment, mark_no_show
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.reschedule import reschedule_appointment
from policies.rules.quote import Refusal
from tests import factories as make
from tests.appointments.rows import nothing_changed, refunds_of

pytestmark = pytest.mark.django_db


def _checked_in(appointment: Appointment) -> None:
    check_in(appointment_id=appointment.pk, actor=make.system(), now=make.STARTS_AT)


def _completed(appointment: Appointment) -> None:
    _checked_in(appointment)
    complete_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.STARTS_AT)


def _missed(appointment: Appointment) -> None:
    mark_no_show(appointment_id=appointment.pk, actor=make.system(), now=make.STARTS_AT)


def _moved(appointment: Appointment) -> None:
    slot = make.moving(appointment)
    reschedule_appointment(appointment_id=appointment.pk, slot_id=slot.pk, actor=make.system(), now=make.NOW)


@pytest.mark.parametrize("bring", [_checked_in, _completed, _missed, _moved])
@pytest.mark.parametrize("actor_of", [make.patient_of, make.staff_of, make.doctor_of])
def test_cancel_when_status_is_past_it(
    bring: Callable[[Appointment], None], actor_of: Callable[[Appointment], Actor]
) -> None:
    appointment = make.booked()
    bring(appointment)
    actor = actor_of(appointment)

    with nothing_changed(), pytest.raises(NotAllowedError) as refused:
        cancel_appointment(appointment_id=appointment.pk, actor=actor, now=make.NOW)

    assert refused.value.code == "not_cancellable"


def test_cancel_when_channel_takes_none() -> None:
    slot = make.SlotFactory.create()
    channel = make.ChannelFactory.create(centre=slot.doctor.centre, self_service=False, entrance_text="the Wallet app")
    appointment = make.booked(slot=slot, channel=channel)

    with nothing_changed(), pytest.raises(NotAllowedError) as refused:
        cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)

    assert refused.value.refusal is Refusal.USE_CHANNEL


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=5)])
def test_cancel_when_started(late: timedelta) -> None:
    appointment = make.booked()

    with nothing_changed(), pytest.raises(NotAllowedError) as refused:
        cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.STARTS_AT + late)

    assert refused.value.refusal is Refusal.APPOINTMENT_STARTED


@pytest.mark.parametrize(("window", "deadline", "hours"), [(4, None, 4), (4, 6, 6), (4, 2, 4), (0, 6, 6)])
def test_window_when_just_closed(window: int, deadline: int | None, hours: int) -> None:
    appointment = _with_window(window, deadline)
    closes = make.STARTS_AT - timedelta(hours=hours)

    with nothing_changed(), pytest.raises(NotAllowedError) as refused:
        cancel_appointment(
            appointment_id=appointment.pk,
            actor=make.patient_of(appointment),
            now=closes + timedelta(microseconds=1),
        )

    assert refused.value.refusal is Refusal.WINDOW_CLOSED


def test_window_when_exactly_that_is_left() -> None:
    appointment = _with_window(4, 6)

    cancel_appointment(
        appointment_id=appointment.pk,
        actor=make.patient_of(appointment),
        now=make.STARTS_AT - timedelta(hours=6),
    )

    assert make.fresh(appointment).status == Appointment.Status.CANCELLED


def test_window_when_staff_act() -> None:
    appointment = _with_window(4, 6)

    cancel_appointment(
        appointment_id=appointment.pk,
        actor=make.staff_of(appointment),
        now=make.STARTS_AT + timedelta(minutes=1),
        reason=Reason(make.ReasonCodeFactory.create().code),
    )

    assert refunds_of(appointment) == []


def _with_window(window: int, deadline: int | None) -> Appointment:
    slot = make.SlotFactory.create(doctor__centre__policy=make.published_policy(window_hours=window))
    channel = make.ChannelFactory.create(centre=slot.doctor.centre, deadline_hours=deadline)
    return make.booked(slot=slot, channel=channel)


# Reasons


def _refuse_reason(actor_of: Callable[[Appointment], Actor], given: Reason | None, **terms: Any) -> DomainError:
    slot = make.SlotFactory.create(doctor__centre__policy=make.published_policy(**terms))
    appointment = make.booked(slot=slot)
    actor = actor_of(appointment)
    with nothing_changed(), pytest.raises((ReasonMissingError, ReasonUnknownError)) as refused:
        cancel_appointment(appointment_id=appointment.pk, actor=actor, now=make.NOW, reason=given)
    return refused.value


@pytest.mark.parametrize("given", [None, Reason(), Reason(" "), Reason(text="only words")])
@pytest.mark.parametrize(
    ("actor_of", "terms"),
    [(make.staff_of, {}), (make.doctor_of, {}), (make.patient_of, {"reason_from_patient": True})],
)
def test_reason_when_required_and_missing(
    actor_of: Callable[[Appointment], Actor], terms: dict[str, Any], given: Reason | None
) -> None:
    error = _refuse_reason(actor_of, given, **terms)

    assert isinstance(error, ReasonMissingError)
    assert error.field == "code"


def test_reason_when_code_is_unknown() -> None:
    assert _refuse_reason(make.patient_of, Reason("no-such-code")).code == "reason_unknown"


def test_reason_when_code_is_switched_off() -> None:
    code = make.ReasonCodeFactory.create(is_active=False).code

    assert _refuse_reason(make.patient_of, Reason(code)).code == "reason_unknown"


@pytest.mark.parametrize(
    ("actor_of", "flag"),
    [(make.patient_of, "for_patients"), (make.staff_of, "for_staff"), (make.doctor_of, "for_doctors")],
)
def test_reason_when_offered_to_others_only(actor_of: Callable[[Appointment], Actor], flag: str) -> None:
    code = make.ReasonCodeFactory.create(**{flag: False}).code

    assert _refuse_reason(actor_of, Reason(code)).code == "reason_unknown"


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_reason_when_text_is_asked_for(text: str) -> None:
    code = make.ReasonCodeFactory.create(needs_text=True).code

    error = _refuse_reason(make.patient_of, Reason(code, text))

    assert isinstance(error, ReasonMissingError)
    assert error.field == "text"


# Overrides


@pytest.mark.parametrize("actor_of", [make.patient_of, make.staff_of, make.doctor_of])
def test_override_when_without_the_right(actor_of: Callable[[Appointment], Actor]) -> None:
    appointment = make.booked()
    actor = actor_of(appointment)

    with nothing_changed(), pytest.raises(NotPermittedError):
        cancel_appointment(
            appointment_id=appointment.pk,
            actor=actor,
            now=make.NOW,
            override_percent=Decimal(100),
        )


def test_override_when_without_text() -> None:
    appointment = make.booked()
    actor = make.staff_of(appointment, "override_percentage")
    code = make.ReasonCodeFactory.create().code

    with nothing_changed(), pytest.raises(ReasonMissingError) as refused:
        cancel_appointment(
            appointment_id=appointment.pk,
            actor=actor,
            now=make.NOW,
            reason=Reason(code),
            override_percent=Decimal(10),
        )

    assert refused.value.field == "text"


@pytest.mark.parametrize("percent", ["-0.01", "100.01", "1e9", "NaN", "sNaN", "Infinity", "-Infinity"])
def test_override_when_percentage_is_impossible(percent: str) -> None:
    appointment = make.booked()
    actor = make.staff_of(appointment, "override_percentage")

    with nothing_changed(), pytest.raises(PercentageImpossibleError):
        cancel_appointment(appointment_id=appointment.pk, actor=actor, now=make.NOW, override_percent=Decimal(percent))


def test_for_hospital_when_patient() -> None:
    appointment = make.booked()

    with nothing_changed(), pytest.raises(NotPermittedError):
        cancel_appointment(
            appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW, for_hospital=True
        )
