"""What each reader may see, and what can be had."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest

from appointments import queries, visitors
from appointments.actor import Actor
from appointments.models import Appointment, User
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.reschedule import reschedule_appointment
from appointments.visitors import Visitor
from policies.rules.facts import ActorKind
from tests import factories as make

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)
WEEK = make.NOW + timedelta(days=7)


# Scopes


def _user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id or 0)


def test_patient_when_others_have_appointments() -> None:
    mine, _ = make.booked(), make.booked()
    user = _user(make.patient_of(mine))

    assert list(visitors.appointments_of(Visitor(user))) == [mine]
    assert visitors.appointment_of(Visitor(user), reference=mine.reference) == mine


def test_patient_when_reference_is_of_another() -> None:
    mine, other = make.booked(), make.booked()
    user = _user(make.patient_of(mine))

    assert visitors.appointment_of(Visitor(user), reference=other.reference) is None


def test_doctor_when_a_colleague_has_appointments() -> None:
    mine = make.booked()
    colleague = make.DoctorFactory.create(centre=mine.centre)
    make.booked(slot=make.SlotFactory.create(doctor=colleague))

    assert list(queries.appointments_of_doctor(_user(make.doctor_of(mine)))) == [mine]


def test_staff_when_another_centre_has_appointments() -> None:
    mine, other = make.booked(), make.booked()
    user = make.staff_member(mine.centre)

    assert list(queries.appointments_of_staff(user)) == [mine]
    assert list(queries.centres_of(user)) == [mine.centre]
    user.is_superuser = True
    assert set(queries.appointments_of_staff(user)) == {mine, other}
    assert set(queries.centres_of(user)) == {mine.centre, other.centre}


def _of_visitor(user: User) -> Iterable[Appointment]:
    return visitors.appointments_of(Visitor(user))


@pytest.mark.parametrize("scope", [_of_visitor, queries.appointments_of_doctor, queries.appointments_of_staff])
def test_scope_when_account_is_nobody(scope: Callable[[User], Iterable[Appointment]]) -> None:
    make.booked()

    assert list(scope(make.UserFactory.create())) == []


# Lists


def test_upcoming_when_there_is_everything() -> None:
    booked = make.booked()
    old, waiting = make.waiting_move(
        make.booked(slot=make.SlotFactory.create(starts_at=make.STARTS_AT - timedelta(days=1)))
    )
    held = make.held(slot=make.SlotFactory.create(starts_at=make.STARTS_AT + timedelta(days=1)))
    run_out = make.held(now=make.NOW - timedelta(minutes=15))
    cancelled = make.booked()
    cancel_appointment(appointment_id=cancelled.pk, actor=make.system(), now=make.NOW)

    found = list(queries.upcoming(Appointment.objects.all(), now=make.NOW))

    assert found == [old, booked, held]
    assert waiting not in found
    assert run_out not in found


def test_upcoming_when_it_ends() -> None:
    appointment = make.booked()
    everything = Appointment.objects.all()

    assert list(queries.upcoming(everything, now=appointment.slot.ends_at - TICK)) == [appointment]
    assert list(queries.past_and_cancelled(everything, now=appointment.slot.ends_at - TICK)) == []
    assert list(queries.upcoming(everything, now=appointment.slot.ends_at)) == []
    assert list(queries.past_and_cancelled(everything, now=appointment.slot.ends_at)) == [appointment]


def test_past_when_a_draft_never_became_a_booking() -> None:
    draft = make.held()
    cancel_appointment(appointment_id=draft.pk, actor=make.system(), now=make.NOW)

    assert list(queries.past_and_cancelled(Appointment.objects.all(), now=WEEK)) == []


def test_successor_when_moved_and_then_cancelled() -> None:
    old, abandoned = make.waiting_move()
    slot = make.moving(old, starts_at=make.STARTS_AT + timedelta(days=2))
    new = reschedule_appointment(appointment_id=old.pk, slot_id=slot.pk, actor=make.system(), now=make.NOW).appointment

    assert queries.successor(make.fresh(old)) == new
    cancel_appointment(appointment_id=new.pk, actor=make.system(), now=make.NOW)
    assert queries.successor(make.fresh(old)) == new
    assert queries.successor(make.fresh(abandoned)) is None


def test_waiting_move_when_its_hold_ends() -> None:
    old, draft = make.waiting_move()
    ends = make.NOW + timedelta(minutes=15)

    assert queries.waiting_move(old, now=ends - TICK) == draft
    assert queries.waiting_move(old, now=ends) is None


def test_history_when_booked() -> None:
    appointment = make.booked()

    assert [event.kind for event in queries.history(appointment)] == ["held", "paid", "confirmed"]
    assert queries.event_of(appointment, "paid") == queries.history(appointment)[1]
    assert queries.event_of(appointment, "cancelled") is None


def test_payments_when_one_is_not_applied_yet() -> None:
    draft = make.held()
    payment = make.captured(make.checkout_for(draft))

    assert list(queries.payments_of_chain(source=draft.chain.source)) == []
    assert queries.payments_by_source([draft]) == {draft.chain.source: []}
    assert queries.has_payment_to_apply(draft)
    assert queries.payments_without_note(since=make.NOW, limit=9) == [payment.pk]
    assert queries.payments_without_note(since=make.NOW + TICK, limit=9) == []


def test_payments_when_applied() -> None:
    draft = make.held()
    payment = make.card_payment(draft)

    assert list(queries.payments_of_chain(source=draft.chain.source)) == [payment]
    assert queries.payments_by_source([draft]) == {draft.chain.source: [payment]}
    assert not queries.has_payment_to_apply(draft)
    assert queries.payments_without_note(since=make.NOW, limit=9) == []


# Slots


def free(slot_centre: Any, **parts: Any) -> list[Any]:
    return list(queries.free_slots(centre_id=slot_centre.pk, **{"now": make.NOW, "until": WEEK, **parts}))


def test_slots_when_some_are_taken() -> None:
    doctor = make.DoctorFactory.create()
    starts = (make.STARTS_AT + timedelta(hours=number) for number in range(20))

    def slot(**parts: Any) -> Any:
        return make.SlotFactory.create(**{"doctor": doctor, "starts_at": next(starts), **parts})

    plain, booked, held, run_out, cancelled = (slot() for _ in range(5))
    make.booked(slot=booked)
    make.held(slot=held)
    make.held(slot=run_out, now=make.NOW - timedelta(minutes=15))
    gone = make.booked(slot=cancelled)
    cancel_appointment(appointment_id=gone.pk, actor=make.system(), now=make.NOW)
    slot(is_withdrawn=True)
    slot(bookable_from=make.NOW + TICK)
    offered = slot(bookable_from=make.NOW)
    slot(starts_at=make.NOW)
    slot(starts_at=WEEK)
    make.SlotFactory.create()

    assert free(doctor.centre) == [plain, run_out, cancelled, offered]


def test_slots_when_of_one_doctor() -> None:
    one = make.SlotFactory.create()
    make.SlotFactory.create(doctor__centre=one.doctor.centre)

    assert free(one.doctor.centre, doctor_id=one.doctor_id) == [one]


def test_slot_when_of_another_centre() -> None:
    one, other = make.SlotFactory.create(), make.SlotFactory.create()

    assert queries.slot_of_centre(slot_id=one.pk, centre_id=one.doctor.centre_id) == one
    assert queries.slot_of_centre(slot_id=other.pk, centre_id=one.doctor.centre_id) is None


# Reasons, doctors, channels


@pytest.mark.parametrize(
    ("kind", "flag"),
    [(ActorKind.PATIENT, "for_patients"), (ActorKind.STAFF, "for_staff"), (ActorKind.DOCTOR, "for_doctors")],
)
def test_reasons_when_offered(kind: ActorKind, flag: str) -> None:
    last = make.ReasonCodeFactory.create(position=2)
    first = make.ReasonCodeFactory.create(position=1)
    make.ReasonCodeFactory.create(**{flag: False})
    make.ReasonCodeFactory.create(is_active=False)

    assert list(queries.reasons_for(kind)) == [first, last]


def test_reasons_when_system() -> None:
    make.ReasonCodeFactory.create()

    assert list(queries.reasons_for(ActorKind.SYSTEM)) == []


def test_reason_when_its_code_is_gone() -> None:
    reason = make.ReasonCodeFactory.create(label="I feel better")

    assert queries.reason_label(reason.code) == "I feel better"
    assert queries.reason_label("gone") == "gone"


def test_doctors_and_channels_when_of_one_centre() -> None:
    late = make.DoctorFactory.create(name="Dr Zed")
    early = make.DoctorFactory.create(name="Dr Abe", centre=late.centre)
    channel = make.ChannelFactory.create(centre=late.centre)
    make.booked()

    assert list(queries.doctors_of_centre(late.centre_id)) == [early, late]
    assert list(queries.channels_of_centre(late.centre_id)) == [channel]
