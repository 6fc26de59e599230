"""A doctor is suddenly away: prepare the leave, look at whom it affects, start it once."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings

from appointments.actor import Actor
from appointments.errors import DomainError
from appointments.leave import queries as leave_queries
from appointments.leave.preview import Affected, Difference, LeavePreview, difference, preview_leave
from appointments.locks import lock_doctor, lock_leave, lock_slots
from appointments.models import Doctor, EmergencyLeave, LeaveAlternative, LeaveCase, Slot
from appointments.transactions import in_one_transaction
from refunds.nudges import nudge

WORK_LEAVES = "appointments.work_leaves"
LONGEST = timedelta(days=92)
FURTHEST = timedelta(days=366)


class LeaveDaysError(DomainError):
    """The days make no leave: the wrong way round, in the past, too many or too far away."""

    code = "leave_days"


class WrongCountError(DomainError):
    """The number typed is not the number of patients; `people` is."""

    code = "wrong_count"

    def __init__(self, people: int) -> None:
        """Keep the right number."""
        super().__init__(self.code)
        self.people = people


@dataclass(frozen=True, slots=True)
class Start:
    """What starting did. With a `difference` nothing was started: look again and confirm anew."""

    leave: EmergencyLeave
    difference: Difference | None = None


@in_one_transaction
def prepare_leave(
    *, doctor: Doctor, first_day: date, last_day: date, note: str, actor: Actor, now: datetime
) -> EmergencyLeave:
    """Write down a leave for whole days on the centre's clock, from now on where the first is today. Nobody is told yet.

    Raises LeaveDaysError.
    """
    zone = doctor.centre.zone
    today = now.astimezone(zone).date()
    in_order = today <= first_day <= last_day
    if not in_order or last_day - first_day >= LONGEST or first_day - today > FURTHEST:
        raise LeaveDaysError
    leave = EmergencyLeave(
        doctor=doctor,
        first_day=first_day,
        last_day=last_day,
        starts_at=max(now, datetime.combine(first_day, time.min, tzinfo=zone)),
        ends_at=datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=zone),
        note=note.replace("\x00", "").strip()[:500],
        prepared_at=now,
        prepared_by=actor.label,
    )
    leave.seen = preview_leave(leave=leave, now=now).as_record()
    leave.save(force_insert=True)
    return leave


@in_one_transaction
def start_leave(*, leave_id: int, count: int, actor: Actor, now: datetime) -> Start:
    """Withdraw the slots, hold other times and make a case for each appointment; the workers do the rest.

    `count` is the number of patients as a person typed it. Where the patients or their money are others than those
    shown, nothing is done but to take down how things stand, and the difference is returned. Starting again what was
    started returns it. Raises WrongCountError.
    """
    leave = lock_leave(leave_id=leave_id)
    if leave.is_started:
        return Start(leave)
    lock_doctor(doctor_id=leave.doctor_id)  # no slot is made into the leave meanwhile
    before = preview_leave(leave=leave, now=now)
    wanted = {slot.pk for one in before.people for slot in one.times}
    inside = leave_queries.slot_ids_in(leave)
    lock_slots(slot_ids={*inside, *wanted})
    # Under the locks nobody books, pays or cancels any of these: what is read now is what is done.
    preview = preview_leave(leave=leave, now=now)
    changed = difference(leave.seen, preview.as_record())
    if changed:
        leave.seen = preview.as_record()
        leave.save(update_fields=["seen"])
        return Start(leave, changed)
    if count != len(preview.people):
        raise WrongCountError(len(preview.people))
    Slot.objects.filter(pk__in=inside).update(is_withdrawn=True)  # nobody books into it from now on
    _open(leave, preview, actor=actor, now=now)
    free = wanted - leave_queries.taken_slot_ids(wanted, now=now)
    _make_cases(leave, preview, free)
    nudge(WORK_LEAVES)
    return Start(leave)


def _open(leave: EmergencyLeave, preview: LeavePreview, *, actor: Actor, now: datetime) -> None:
    leave.started_at, leave.started_by, leave.started_user_id = now, actor.label, actor.user_id
    leave.answer_by = now + timedelta(hours=settings.LEAVE_ANSWER_HOURS)
    leave.people, leave.refund, leave.insured = len(preview.people), preview.refund, preview.insured
    leave.save(update_fields=["started_at", "started_by", "started_user", "answer_by", "people", "refund", "insured"])


def _make_cases(leave: EmergencyLeave, preview: LeavePreview, free: set[int]) -> None:
    """Write a case for each appointment, and hold its times: those dealt to it that can still be had."""
    assert leave.answer_by is not None
    cases = LeaveCase.objects.bulk_create(
        LeaveCase(
            leave=leave,
            appointment=one.appointment,
            was_draft=one.is_draft,
            refund=one.refund,
            insured=one.insured,
            answer_by=leave.answer_by,
        )
        for one in preview.affected
    )
    LeaveAlternative.objects.bulk_create(
        LeaveAlternative(case=case, slot=slot, rank=rank, held_until=min(leave.answer_by, slot.starts_at))
        for case, one in zip(cases, preview.affected, strict=True)
        for rank, slot in enumerate(_still_free(one, free), start=1)
    )


def _still_free(one: Affected, free: set[int]) -> list[Slot]:
    return [slot for slot in one.times if slot.pk in free]
