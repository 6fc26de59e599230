"""An emergency leave whose worker is killed twice in the middle ends with the patients and the money of its preview."""

import os
from datetime import timedelta

import pytest
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Count, F, Sum
from django.utils import timezone

from appointments.audit import PROMISES
from appointments.leave.preview import preview_leave
from appointments.models import Appointment, Doctor, EmergencyLeave, LeaveCase, OutboxMessage, Slot
from appointments.usecases.emergency_leave import prepare_leave, start_leave
from refunds.audit import check
from refunds.models import Checkout, Refund
from tests import factories as make
from tests.appointments.leave.rows import MANAGER
from tests.audit.copies import COPIED, multiply
from tests.faults.workers import KILLED, Workers

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SIZE = int(os.environ.get("LEAVE_SIZE", "60"))
OTHER_TIMES = 30
KILLED_AT = min(40, SIZE // 4)


@pytest.fixture
def doctor(transactional_db: None) -> Doctor:
    """Their patients have paid; a colleague has some other times."""
    now = timezone.now()
    slot = make.SlotFactory.create(starts_at=now + timedelta(days=2))
    make.publish(slot.doctor.centre.policy, now=now - timedelta(days=9))
    multiply(make.booked(slot=slot, booked_at=now - timedelta(days=5), insured=20_000).chain, times=SIZE - 1)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(COPIED)):
            cursor.execute(statement)
    OutboxMessage.objects.update(state="sent", sent_at=now)
    Checkout.objects.update(next_at=None)
    colleague = make.DoctorFactory.create(centre=slot.doctor.centre, specialty=slot.doctor.specialty)
    for number in range(OTHER_TIMES):
        make.SlotFactory.create(doctor=colleague, starts_at=now + timedelta(days=3, hours=number))
    return slot.doctor


def states() -> dict[str, int]:
    return dict(LeaveCase.objects.order_by().values_list("state").annotate(n=Count("pk")))


def test_leave_when_its_worker_is_killed_twice(doctor: Doctor, workers: Workers) -> None:
    now = timezone.now()
    today = now.astimezone(doctor.centre.zone).date()
    leave = prepare_leave(
        doctor=doctor, first_day=today, last_day=today + timedelta(days=91), note="", actor=MANAGER, now=now
    )
    shown = preview_leave(leave=leave, now=now)
    people, refund, insured = len(shown.people), shown.refund, shown.insured
    start_leave(leave_id=leave.pk, count=people, actor=MANAGER, now=now)
    assert (people, refund, insured) == (SIZE, SIZE * 80_000, SIZE * 20_000)

    workers.run("leave", inside=KILLED_AT, ends=KILLED)
    after_first = states()
    workers.run("leave", after=KILLED_AT, ends=KILLED)
    after_second = states()
    while "planned" in states():
        workers.run("leave")

    assert 0 < after_second["planned"] < after_first["planned"] < SIZE
    assert states() == {"offered": OTHER_TIMES, "called_off": SIZE - OTHER_TIMES}

    LeaveCase.objects.filter(state="offered").update(answer_by=F("answer_by") - timedelta(hours=49))
    workers.run("leave", inside=OTHER_TIMES // 2, ends=KILLED)
    workers.run("leave")

    assert states() == {"lapsed": OTHER_TIMES, "called_off": SIZE - OTHER_TIMES}
    assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}
    given = dict(Refund.objects.order_by().values_list("way").annotate(sum=Sum("amount")))
    assert given == {"original": refund, "insurance_window": insured}
    assert Refund.objects.count() == 2 * SIZE
    assert OutboxMessage.objects.filter(kind="cancelled").count() == SIZE
    assert OutboxMessage.objects.filter(kind="doctor_away").count() == OTHER_TIMES
    assert not Slot.objects.filter(doctor=doctor, is_withdrawn=False).exists()
    assert EmergencyLeave.objects.get().people == SIZE
    assert [finding.promise.code for finding in check(PROMISES, now=timezone.now())] == []


def test_leave_when_two_workers_race(doctor: Doctor, workers: Workers) -> None:
    now = timezone.now()
    today = now.astimezone(doctor.centre.zone).date()
    leave = prepare_leave(
        doctor=doctor, first_day=today, last_day=today + timedelta(days=3), note="", actor=MANAGER, now=now
    )
    people = len(leave.seen)
    start_leave(leave_id=leave.pk, count=people, actor=MANAGER, now=now)

    started = [workers.start("leave"), workers.start("leave")]

    assert [workers.wait(pid) for pid in started] == [0, 0]
    assert sum(states().values()) == people
    assert "planned" not in states()
    told = OutboxMessage.objects.filter(kind__in=["cancelled", "doctor_away"])
    assert told.count() == told.values("event__appointment").distinct().count() == people
