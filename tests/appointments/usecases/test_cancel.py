"""Cancelling: who, what comes back, and what is written down."""

from datetime import timedelta
from decimal import Decimal

import pytest

from appointments.actor import Actor
from appointments.errors import NotAllowedError
from appointments.models import Appointment, OutboxMessage
from appointments.reasons import Reason
from appointments.usecases.cancel import cancel_appointment
from policies.rules.facts import ActorKind
from policies.rules.quote import CancellationRule, Refusal
from tests import factories as make
from tests.appointments.rows import counts, kinds_of, messages_of, nothing_changed, refunds_of

pytestmark = pytest.mark.django_db

#: 13 hours before the start: the tier of 75 %.
LATE = make.STARTS_AT - timedelta(hours=13)


def reason(text: str = "") -> Reason:
    return Reason(make.ReasonCodeFactory.create().code, text)


def actor_of(kind: str, appointment: Appointment) -> Actor:
    builders = {"patient": make.patient_of, "staff": make.staff_of, "doctor": make.doctor_of}
    return builders[kind](appointment) if kind in builders else make.system()


def test_cancel_when_early() -> None:
    appointment = make.booked()

    done = cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)

    after = make.fresh(appointment)
    assert after.status == Appointment.Status.CANCELLED
    assert after.version == appointment.version + 1
    assert after.chain.held == 0
    assert refunds_of(appointment) == [("original", 100_000)]
    assert kinds_of(appointment) == ["held", "paid", "confirmed", "cancelled"]
    assert messages_of(appointment) == ["booked", "cancelled"]
    assert not done.repeated
    assert done.event.quote is not None
    assert done.event.quote["refund"] == 100_000


@pytest.mark.parametrize(
    ("kind", "for_hospital", "amount", "rule"),
    [
        ("patient", False, 75_000, CancellationRule.TIER),
        ("staff", False, 75_000, CancellationRule.TIER),
        ("staff", True, 100_000, CancellationRule.HOSPITAL_INITIATED),
        ("doctor", False, 100_000, CancellationRule.HOSPITAL_INITIATED),
        ("system", False, 100_000, CancellationRule.HOSPITAL_INITIATED),
    ],
)
def test_cancel_when_each_actor(kind: str, for_hospital: bool, amount: int, rule: CancellationRule) -> None:  # noqa: FBT001
    appointment = make.booked()
    actor = actor_of(kind, appointment)
    given = reason()

    done = cancel_appointment(
        appointment_id=appointment.pk, actor=actor, now=LATE, reason=given, for_hospital=for_hospital
    )

    assert refunds_of(appointment) == [("original", amount)]
    assert done.event.quote is not None
    assert done.event.quote["rule"] == rule
    assert (done.event.actor_kind, done.event.actor_label, done.event.actor_user_id) == (
        ActorKind(kind),
        actor.label,
        actor.user_id,
    )
    assert done.event.reason_code == given.code
    assert done.event.for_hospital == (rule is CancellationRule.HOSPITAL_INITIATED)


@pytest.mark.parametrize(
    ("method", "way"), [("card", "original"), ("cash", "cash"), ("bank_transfer", "bank_transfer")]
)
def test_cancel_when_paid_by_each_method(method: str, way: str) -> None:
    appointment = make.booked(method=method)

    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=LATE)

    assert refunds_of(appointment) == [(way, 75_000)]


def test_cancel_when_insured_in_part() -> None:
    appointment = make.booked(insured=40_000)

    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=LATE)

    assert refunds_of(appointment) == [("original", 45_000), ("insurance_window", 40_000)]


def test_cancel_when_channel_takes_a_fee() -> None:
    slot = make.SlotFactory.create()
    channel = make.ChannelFactory.create(centre=slot.doctor.centre, handling_fee=2_000)
    appointment = make.booked(slot=slot, channel=channel)

    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=LATE)

    assert refunds_of(appointment) == [("original", 73_000)]


def test_cancel_when_cooling_off_runs() -> None:
    booked_at = make.STARTS_AT - timedelta(hours=3)
    appointment = make.booked(booked_at=booked_at)

    cancel_appointment(
        appointment_id=appointment.pk,
        actor=make.patient_of(appointment),
        now=make.STARTS_AT - timedelta(microseconds=1),
    )

    assert refunds_of(appointment) == [("original", 100_000)]


def test_cancel_when_nothing_comes_back() -> None:
    appointment = make.booked()

    cancel_appointment(
        appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.STARTS_AT - timedelta(hours=1)
    )

    assert make.fresh(appointment).status == Appointment.Status.CANCELLED
    assert refunds_of(appointment) == []
    assert make.fresh(appointment).chain.held == 0
    assert messages_of(appointment) == ["booked", "cancelled"]


def test_cancel_when_draft() -> None:
    draft = make.held()

    cancel_appointment(appointment_id=draft.pk, actor=make.patient_of(draft), now=make.NOW)

    assert make.fresh(draft).status == Appointment.Status.CANCELLED
    assert messages_of(draft) == []


def test_cancel_when_waiting_for_approval() -> None:
    appointment = make.pending_approval()

    cancel_appointment(
        appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.STARTS_AT - timedelta(hours=1)
    )

    assert refunds_of(appointment) == [("original", 100_000)]


def test_cancel_when_staff_override() -> None:
    appointment = make.booked()
    actor = make.staff_of(appointment, "override_percentage")

    done = cancel_appointment(
        appointment_id=appointment.pk,
        actor=actor,
        now=LATE,
        reason=reason("Two calls went unanswered"),
        override_percent=Decimal("33.33"),
    )

    assert refunds_of(appointment) == [("original", 33_330)]
    assert done.event.reason_text == "Two calls went unanswered"


@pytest.mark.parametrize("minutes", [0, 45])
def test_slot_when_cancelled(minutes: int) -> None:
    slot = make.SlotFactory.create()
    slot.doctor.policy = make.published_policy(slot_release_minutes=minutes)
    slot.doctor.save()
    appointment = make.booked(slot=slot)

    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)

    slot.refresh_from_db()
    assert slot.bookable_from == make.NOW + timedelta(minutes=minutes)


def test_cancel_when_done_twice() -> None:
    appointment = make.booked()
    actor = make.patient_of(appointment)
    first = cancel_appointment(appointment_id=appointment.pk, actor=actor, now=make.NOW)

    with nothing_changed():
        again = cancel_appointment(
            appointment_id=appointment.pk, actor=actor, now=make.NOW + timedelta(days=9), quote_token="whatever"
        )

    assert again.repeated
    assert again.event == first.event
    assert counts() == {"cancelled": 1, "rescheduled": 0, "refunds": 1, "grants": 1, "messages": 2}


def test_cancel_when_somebody_else_did() -> None:
    appointment = make.booked()
    cancel_appointment(appointment_id=appointment.pk, actor=make.system(), now=make.NOW)

    with nothing_changed(), pytest.raises(NotAllowedError) as refused:
        cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)

    assert refused.value.refusal is Refusal.NOT_CANCELLABLE


def test_message_when_patient_has_no_address() -> None:
    appointment = make.booked(patient=make.PatientFactory.create(email=""))

    cancel_appointment(appointment_id=appointment.pk, actor=make.patient_of(appointment), now=make.NOW)

    message = OutboxMessage.objects.get(kind="cancelled")
    assert (message.state, message.error) == (OutboxMessage.State.FAILED, "no e-mail address on record")


def test_cancel_when_it_does_not_exist() -> None:
    with pytest.raises(Appointment.DoesNotExist):
        cancel_appointment(appointment_id=0, actor=make.system(), now=make.NOW)
