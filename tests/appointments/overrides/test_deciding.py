from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from appointments import tasks
from appointments.actor import Actor
from appointments.errors import (
    NotPermittedError,
    OverrideChangedError,
    SecondPersonNeededError,
    WrongStatusError,
)
from appointments.models import Appointment, OverrideRequest, OverrideState, User
from appointments.reasons import Reason
from appointments.usecases.cancel import cancel_appointment
from appointments.usecases.override import (
    approve_override,
    ask_for_override,
    decline_override,
    expire_override,
    withdraw_override,
)
from appointments.usecases.reschedule import reschedule_appointment
from refunds.models import Refund
from tests import factories as make
from tests.appointments.overrides.rows import WHY, shown, untouched
from tests.appointments.rows import nothing_changed
from tests.factories.people import staff_member


def test_approve_when_second_person(
    late: Appointment, asked: OverrideRequest, asker: User, second: User, soon: datetime
) -> None:
    done = approve_override(request_id=asked.pk, user=second, shown=shown(asked, soon), now=soon)

    event = make.fresh(late).events.get(kind="cancelled")
    assert (done.state, done.decided_by, done.event) == ("approved", second, event)
    assert event.actor_user == second
    assert event.actor_label == (f"{second.full_name}, account {second.pk}, for {asker.full_name}, account {asker.pk}")
    assert (event.reason_text, (event.quote or {})["rule"]) == (WHY.text, "override")
    assert [row.amount for row in Refund.objects.all()] == [50_000]


def test_approve_when_repeated(asked: OverrideRequest, second: User, soon: datetime) -> None:
    figures = shown(asked, soon)

    first = approve_override(request_id=asked.pk, user=second, shown=figures, now=soon)
    again = approve_override(request_id=asked.pk, user=second, shown=figures, now=soon)

    assert first.event == again.event
    assert Refund.objects.count() == 1


def test_approve_when_own(late: Appointment, asked: OverrideRequest, asker: User, soon: datetime) -> None:
    with pytest.raises(NotPermittedError):
        approve_override(request_id=asked.pk, user=asker, shown=shown(asked, soon), now=soon)

    assert untouched(late)


def test_approve_when_without_the_right(late: Appointment, asked: OverrideRequest, soon: datetime) -> None:
    with pytest.raises(NotPermittedError):
        approve_override(request_id=asked.pk, user=staff_member(late.centre), shown=shown(asked, soon), now=soon)

    assert untouched(late)


@pytest.mark.parametrize("role", ["patient", "doctor"])
def test_approve_when_it_is_about_them(
    role: str, late: Appointment, asked: OverrideRequest, second: User, soon: datetime
) -> None:
    about = late.chain.patient if role == "patient" else late.slot.doctor
    about.user = second
    about.save(update_fields=["user"])

    with pytest.raises(NotPermittedError):
        approve_override(request_id=asked.pk, user=second, shown=shown(asked, soon), now=soon)

    assert untouched(late)


def test_approve_when_reached_as_the_patient_is(
    late: Appointment, asked: OverrideRequest, second: User, soon: datetime
) -> None:
    patient = late.chain.patient
    patient.email = (second.email or "").upper()
    patient.save(update_fields=["email"])

    with pytest.raises(NotPermittedError):
        approve_override(request_id=asked.pk, user=second, shown=shown(asked, soon), now=soon)

    assert untouched(late)


def test_approve_when_asker_lost_the_right(
    late: Appointment, asked: OverrideRequest, asker: User, second: User, soon: datetime
) -> None:
    asker.user_permissions.clear()

    with pytest.raises(NotPermittedError):
        approve_override(request_id=asked.pk, user=second, shown=shown(asked, soon), now=soon)

    assert untouched(late)


def test_approve_when_figures_changed(late: Appointment, asker: User, second: User, now: datetime) -> None:
    before = late.slot.starts_at - timedelta(hours=3)
    none = ask_for_override(appointment_id=late.pk, asked_by=asker, now=before, reason=WHY, percent=Decimal(100))
    figures = shown(none, before)

    with pytest.raises(OverrideChangedError):
        approve_override(request_id=none.pk, user=second, shown=figures, now=before + timedelta(hours=2))

    assert figures == "50000/100000/0"
    assert untouched(late)


def test_approve_when_expired(late: Appointment, asked: OverrideRequest, second: User, soon: datetime) -> None:
    with pytest.raises(WrongStatusError):
        approve_override(request_id=asked.pk, user=second, shown="0/50000/0", now=asked.expires_at)

    assert untouched(late)


def test_approve_when_patient_cancelled(
    late: Appointment, asked: OverrideRequest, second: User, soon: datetime
) -> None:
    cancel_appointment(appointment_id=late.pk, actor=make.staff_of(late), now=soon, reason=Reason("ill"))

    asked.refresh_from_db()
    assert asked.state == OverrideState.LAPSED
    with pytest.raises(WrongStatusError):
        approve_override(request_id=asked.pk, user=second, shown="0/50000/0", now=soon)
    assert not Refund.objects.exists()


def test_decline_when_second_person(late: Appointment, asked: OverrideRequest, second: User, soon: datetime) -> None:
    declined = decline_override(request_id=asked.pk, user=second, text=" No letter ", now=soon)

    assert (declined.state, declined.decision_text, declined.decided_by) == ("declined", "No letter", second)
    assert untouched(late)


def test_decline_when_own(asked: OverrideRequest, asker: User, soon: datetime) -> None:
    with pytest.raises(NotPermittedError):
        decline_override(request_id=asked.pk, user=asker, text="No", now=soon)

    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_withdraw_when_own(asked: OverrideRequest, asker: User, soon: datetime) -> None:
    assert withdraw_override(request_id=asked.pk, user=asker, now=soon).state == "withdrawn"


def test_withdraw_when_of_somebody_else(asked: OverrideRequest, second: User, soon: datetime) -> None:
    with pytest.raises(NotPermittedError):
        withdraw_override(request_id=asked.pk, user=second, now=soon)

    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_expire_when_its_time_is_over(asked: OverrideRequest) -> None:
    early = expire_override(request_id=asked.pk, now=asked.expires_at - timedelta(seconds=1)).state

    assert early == "waiting"
    assert expire_override(request_id=asked.pk, now=asked.expires_at).state == "expired"


def test_task_when_nobody_decided_in_time(asked: OverrideRequest, late: Appointment) -> None:
    """The sweep ends what ran out, and leaves the appointment as it was."""
    with time_machine.travel(asked.expires_at - timedelta(seconds=1), tick=False):
        tasks.time_out_approvals()
    asked.refresh_from_db()
    assert asked.state == "waiting"

    with time_machine.travel(asked.expires_at, tick=False):
        tasks.time_out_approvals()
    asked.refresh_from_db()
    assert (asked.state, asked.decided_label, untouched(late)) == ("expired", "system: override expiry", True)
    with nothing_changed(), time_machine.travel(asked.expires_at, tick=False):
        tasks.time_out_approvals()


def test_move_when_above_the_limit(late: Appointment, asker: User, second: User, soon: datetime) -> None:
    slot = make.SlotFactory.create(doctor=late.slot.doctor, starts_at=late.slot.starts_at + timedelta(days=1))
    with pytest.raises(SecondPersonNeededError):
        reschedule_appointment(
            appointment_id=late.pk, slot_id=slot.pk, actor=Actor.staff(asker), now=soon, reason=WHY, override=True
        )
    assert untouched(late)

    asked = ask_for_override(appointment_id=late.pk, asked_by=asker, now=soon, reason=WHY, slot_id=slot.pk)
    done = approve_override(request_id=asked.pk, user=second, shown=shown(asked, soon), now=soon)

    assert (asked.by_rules, asked.by_override) == (0, 100_000)
    assert (make.fresh(late).status, done.state) == ("rescheduled", "approved")
    assert done.event == make.fresh(late).events.get(kind="rescheduled")


def test_move_when_something_is_due(late: Appointment, asker: User, second: User, soon: datetime) -> None:
    slot = make.SlotFactory.create(
        doctor=late.slot.doctor, starts_at=late.slot.starts_at + timedelta(days=1), price=150_000
    )
    asked = ask_for_override(appointment_id=late.pk, asked_by=asker, now=soon, reason=WHY, slot_id=slot.pk)

    done = approve_override(request_id=asked.pk, user=second, shown=shown(asked, soon), now=soon)

    assert (make.fresh(late).status, done.state) == ("confirmed", "approved")
    assert done.event is not None
    assert (done.event.kind, done.event.appointment.slot) == ("held", slot)
