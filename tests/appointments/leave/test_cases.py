"""What becomes of each appointment in a leave."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from appointments.audit import PROMISES
from appointments.errors import SlotTakenError, WrongStatusError
from appointments.models import Appointment, AppointmentEvent, Doctor, LeaveAlternative, LeaveCase, OutboxMessage
from appointments.usecases.attend import check_in, mark_no_show
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.expire import time_out_approval
from appointments.usecases.leave_case import NothingToAnswerError, lapse_case, take_money, take_time, work_case
from appointments.usecases.pay import apply_payment
from appointments.usecases.reschedule import reschedule_appointment
from refunds.audit import check
from refunds.models import Refund
from tests import factories as make
from tests.appointments.leave.rows import (
    ANSWER_BY,
    MANAGER,
    booking,
    case_of,
    colleague,
    held_for,
    started,
    time_of,
    worked,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    return make.DoctorFactory.create()


def state(appointment: Appointment) -> tuple[str, str]:
    """How the appointment stands, and what became of its case."""
    return make.fresh(appointment).status, case_of(appointment).state


def refunded() -> list[int]:
    return list(Refund.objects.order_by("pk").values_list("amount", flat=True))


def broken() -> set[str]:
    """Promises that are broken; mails and checkouts of bookings made ten days ago wait for workers that do not run here."""
    return {finding.promise.code for finding in check(PROMISES, now=make.NOW)} - {
        "messages_go_out",
        "checkouts_are_asked",
    }


def test_patient_when_other_times_are_held(doctor: Doctor) -> None:
    appointment = booking(doctor)
    time_of(doctor, days=1)
    worked(doctor)

    assert state(appointment) == ("confirmed", "offered")
    message = OutboxMessage.objects.get(kind="doctor_away")
    assert (message.event.appointment, message.event.kind) == (appointment, "doctor_away")
    assert refunded() == []
    assert broken() == set()


def test_patient_when_no_time_is_left(doctor: Doctor) -> None:
    appointment = booking(doctor)
    worked(doctor)

    assert state(appointment) == ("cancelled", "called_off")
    assert refunded() == [100_000]
    assert OutboxMessage.objects.filter(kind="cancelled", event__appointment=appointment).count() == 1
    assert broken() == set()


def test_draft_when_its_doctor_is_away(doctor: Doctor) -> None:
    """It ends; what is paid for it too late goes back whole."""
    draft = make.held(slot=time_of(doctor))
    checkout = make.checkout_for(draft)
    worked(doctor)
    payment = make.captured(checkout)

    apply_payment(payment_id=payment.pk, now=make.NOW)

    assert state(draft) == ("cancelled", "called_off")
    assert refunded() == [100_000]


def test_waiting_move_when_its_target_falls_away(doctor: Doctor) -> None:
    """The old appointment stands, with another doctor's time and its money."""
    old = booking(colleague(doctor))
    draft = reschedule_appointment(
        appointment_id=old.pk,
        slot_id=time_of(doctor, price=150_000).pk,
        actor=make.patient_of(old),
        now=make.NOW,
    ).appointment
    worked(doctor)

    assert state(draft) == ("cancelled", "called_off")
    assert (make.fresh(old).status, make.fresh(old).chain.held, refunded()) == ("confirmed", 100_000, [])


def test_approval_when_its_doctor_is_away(doctor: Doctor) -> None:
    """It waits for the patient's answer, not for the doctor."""
    appointment = make.pending_approval(slot=time_of(doctor), booked_at=make.NOW - timedelta(hours=23))
    time_of(colleague(doctor))
    worked(doctor)

    assert state(appointment) == ("pending_approval", "offered")
    assert time_out_approval(appointment_id=appointment.pk, now=make.NOW + timedelta(hours=2)) is False
    assert make.fresh(appointment).approval_due_at == ANSWER_BY


def test_patient_when_already_here(doctor: Doctor) -> None:
    """Whoever has checked in meanwhile is left alone."""
    appointment = booking(doctor)
    started(doctor)
    check_in(appointment_id=appointment.pk, actor=MANAGER, now=make.NOW)

    assert work_case(case_id=case_of(appointment).pk, now=make.NOW) is False
    assert state(appointment) == ("checked_in", "left")


def test_case_when_worked_twice(doctor: Doctor) -> None:
    appointment = booking(doctor)
    time_of(doctor, days=1)
    worked(doctor)
    events = AppointmentEvent.objects.count()

    assert work_case(case_id=case_of(appointment).pk, now=make.NOW) is False
    assert (AppointmentEvent.objects.count(), OutboxMessage.objects.filter(kind="doctor_away").count()) == (events, 1)


def test_time_when_taken(doctor: Doctor) -> None:
    """Free of fee and difference, and it counts as no move; the other times are let go."""
    appointment = booking(doctor)
    dearer, other = time_of(doctor, days=1, price=180_000), time_of(colleague(doctor))
    worked(doctor)
    assert held_for(appointment) == [dearer.pk, other.pk]

    done = take_time(appointment_id=appointment.pk, slot_id=dearer.pk, actor=make.patient_of(appointment), now=make.NOW)

    assert state(appointment) == ("rescheduled", "moved")
    new = make.fresh(done.appointment)
    assert (new.slot, new.status, new.chain.held, new.chain.reschedules) == (dearer, "confirmed", 100_000, 0)
    assert not LeaveAlternative.objects.filter(is_held=True).exists()
    assert make.held(slot=other).status == "draft"
    assert broken() == set()


def test_time_when_cheaper(doctor: Doctor) -> None:
    appointment = booking(doctor)
    cheaper = time_of(doctor, days=1, price=60_000)
    worked(doctor)

    take_time(appointment_id=appointment.pk, slot_id=cheaper.pk, actor=make.patient_of(appointment), now=make.NOW)

    assert refunded() == [40_000]
    assert broken() == set()


def test_time_when_taken_twice(doctor: Doctor) -> None:
    appointment = booking(doctor)
    slot = time_of(doctor, days=1)
    worked(doctor)
    first, second = (
        take_time(appointment_id=appointment.pk, slot_id=slot.pk, actor=make.patient_of(appointment), now=make.NOW)
        for _ in range(2)
    )

    assert first.appointment == second.appointment
    assert (first.repeated, second.repeated) == (False, True)


def test_time_when_it_is_not_held_for_them(doctor: Doctor) -> None:
    appointment, rival = booking(doctor), booking(doctor, minutes=30)
    time_of(doctor, days=1)
    time_of(doctor, days=2)
    worked(doctor)

    with pytest.raises(SlotTakenError):
        take_time(
            appointment_id=appointment.pk,
            slot_id=held_for(rival)[0],
            actor=make.patient_of(appointment),
            now=make.NOW,
        )

    assert state(appointment) == ("confirmed", "offered")


def test_answer_when_the_time_is_over(doctor: Doctor) -> None:
    appointment = booking(doctor)
    slot = time_of(doctor, days=1)
    worked(doctor)
    answer: dict[str, Any] = {"appointment_id": appointment.pk, "actor": make.patient_of(appointment), "now": ANSWER_BY}

    with pytest.raises(NothingToAnswerError):
        take_time(slot_id=slot.pk, **answer)
    with pytest.raises(NothingToAnswerError):
        take_money(**answer)

    assert state(appointment) == ("confirmed", "offered")


def test_money_when_chosen(doctor: Doctor) -> None:
    """Everything goes back, however late; a repeat gives the same."""
    appointment = booking(doctor)
    time_of(doctor, days=9)
    late = make.STARTS_AT - timedelta(minutes=5)
    worked(doctor, now=late)
    done, again = (
        take_money(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=late) for _ in range(2)
    )

    assert state(appointment) == ("cancelled", "declined")
    assert (done.event, done.repeated, again.event, again.repeated) == (done.event, False, done.event, True)
    assert refunded() == [100_000]
    assert broken() == set()


def test_money_when_cancelled_another_way(doctor: Doctor) -> None:
    """By a platform or at the desk, at the patient's wish: no tier is taken off what the clinic called off."""
    appointment = booking(doctor)
    time_of(doctor, days=9)
    late = make.STARTS_AT - timedelta(hours=3)
    worked(doctor, now=late)

    done = cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=late)

    assert state(appointment) == ("cancelled", "declined")
    assert (refunded(), done.event.for_hospital) == ([100_000], True)


def test_answer_when_none_comes(doctor: Doctor) -> None:
    appointment = booking(doctor, insured=40_000)
    time_of(doctor, days=9)
    worked(doctor)
    case = case_of(appointment)

    assert lapse_case(case_id=case.pk, now=ANSWER_BY - timedelta(seconds=1)) is False
    assert lapse_case(case_id=case.pk, now=ANSWER_BY) is True
    assert lapse_case(case_id=case.pk, now=ANSWER_BY) is False

    assert state(appointment) == ("cancelled", "lapsed")
    assert sorted(refunded()) == [40_000, 60_000]
    event = appointment.events.get(kind="cancelled")
    assert (event.actor_label, event.reason_code) == ("system: emergency leave", "emergency_leave")
    assert broken() == set()


def test_patient_when_marked_as_missed(doctor: Doctor) -> None:
    """Nobody misses an appointment whose doctor was not there."""
    appointment = booking(doctor)
    time_of(doctor, days=9)
    now = make.STARTS_AT - timedelta(hours=1)
    worked(doctor, now=now)

    with pytest.raises(WrongStatusError):
        mark_no_show(appointment_id=appointment.pk, actor=MANAGER, now=make.STARTS_AT + timedelta(hours=1))

    assert state(appointment) == ("confirmed", "offered")


def test_case_when_ended_is_revived(doctor: Doctor) -> None:
    appointment = booking(doctor)
    worked(doctor)

    with pytest.raises(IntegrityError), transaction.atomic():
        LeaveCase.objects.filter(appointment=appointment).update(state="offered", ended_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        LeaveCase.objects.filter(appointment=appointment)._raw_delete("default")

    assert state(appointment) == ("cancelled", "called_off")
