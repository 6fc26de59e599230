"""What time ends by itself."""

from datetime import timedelta

import pytest

from appointments.models import Appointment
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import expire_draft, free_run_out_hold, time_out_approval
from tests import factories as make
from tests.appointments.rows import kinds_of, messages_of, nothing_changed, refunds_of

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)
RUN_OUT = make.NOW + timedelta(minutes=15)


def test_draft_when_hold_runs_out_unpaid() -> None:
    draft = make.held()

    assert expire_draft(appointment_id=draft.pk, now=RUN_OUT)

    event = draft.events.get(kind="cancelled")
    assert make.fresh(draft).status == Appointment.Status.CANCELLED
    assert (event.actor_kind, event.actor_label, event.reason_code) == (
        "system",
        "system: draft expiry",
        "hold_ran_out",
    )
    assert messages_of(draft) == []
    draft.slot.refresh_from_db()
    assert draft.slot.bookable_from is None


def test_draft_when_partly_paid() -> None:
    draft = make.held()
    make.paid_at_desk(draft, amount=30_000)
    make.paid_at_desk(draft, method="insurance", amount=40_000)

    expire_draft(appointment_id=draft.pk, now=RUN_OUT)

    assert refunds_of(draft) == [("insurance_window", 40_000), ("cash", 30_000)]
    assert make.fresh(draft).chain.held == 0
    assert messages_of(draft) == ["cancelled"]


def test_draft_when_hold_still_runs() -> None:
    draft = make.held()

    with nothing_changed():
        assert not expire_draft(appointment_id=draft.pk, now=RUN_OUT - TICK)


@pytest.mark.parametrize("bring", ["confirmed", "cancelled"])
def test_draft_when_it_is_none(bring: str) -> None:
    appointment = make.booked(booked_at=make.NOW)
    if bring == "cancelled":
        cancel_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)

    with nothing_changed():
        assert not expire_draft(appointment_id=appointment.pk, now=RUN_OUT)


def test_draft_when_expired_twice() -> None:
    draft = make.held()
    expire_draft(appointment_id=draft.pk, now=RUN_OUT)

    with nothing_changed():
        assert not expire_draft(appointment_id=draft.pk, now=RUN_OUT)


def test_draft_when_unknown() -> None:
    with nothing_changed(), pytest.raises(Appointment.DoesNotExist):
        expire_draft(appointment_id=0, now=RUN_OUT)


def test_hold_when_somebody_wants_the_slot() -> None:
    draft = make.held()

    free_run_out_hold(slot_id=draft.slot_id, now=RUN_OUT)

    assert make.fresh(draft).status == Appointment.Status.CANCELLED


def test_approval_when_nobody_gave_it() -> None:
    appointment = make.pending_approval(booked_at=make.NOW)

    assert time_out_approval(appointment_id=appointment.pk, now=make.NOW + timedelta(hours=24))

    assert kinds_of(appointment) == ["held", "paid", "submitted", "cancelled"]
    assert refunds_of(appointment) == [("original", 100_000)]
    assert messages_of(appointment) == ["cancelled", "submitted"]
    appointment.slot.refresh_from_db()
    assert appointment.slot.bookable_from == make.NOW + timedelta(hours=24)


def test_approval_when_there_is_time_left() -> None:
    appointment = make.pending_approval(booked_at=make.NOW)

    with nothing_changed():
        assert not time_out_approval(appointment_id=appointment.pk, now=make.NOW + timedelta(hours=24) - TICK)


def test_approval_when_none_is_waited_for() -> None:
    appointment = make.booked()

    with nothing_changed():
        assert not time_out_approval(appointment_id=appointment.pk, now=make.STARTS_AT)


def test_approval_when_a_move_waits_for_payment() -> None:
    old, draft = make.waiting_move(make.pending_approval(booked_at=make.NOW))

    time_out_approval(appointment_id=old.pk, now=make.NOW + timedelta(hours=24))

    assert make.fresh(old).status == Appointment.Status.CANCELLED
    assert make.fresh(draft).status == Appointment.Status.CANCELLED
    assert refunds_of(old) == [("original", 100_000)]
