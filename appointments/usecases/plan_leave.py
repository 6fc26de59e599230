"""A doctor plans to be away: the slots of those days are withdrawn while nothing is booked in them, and come back if the leave ends."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appointments.actor import Actor
from appointments.errors import DomainError
from appointments.hours import queries
from appointments.locks import lock_doctor, lock_slots
from appointments.models import Doctor, PlannedLeave, Slot
from appointments.transactions import in_one_transaction
from appointments.usecases.make_slots import make_slots

LONGEST = timedelta(days=366)
FURTHEST = timedelta(days=731)


class PlannedDaysError(DomainError):
    """The days make no leave: the wrong way round, in the past, too many or too far away."""

    code = "planned_days"


class BookedInLeaveError(DomainError):
    """Patients have times in those days; `taken` is how many slots stand for somebody. Nothing was done."""

    code = "booked_in_leave"

    def __init__(self, taken: int) -> None:
        """Keep the number."""
        super().__init__(self.code)
        self.taken = taken


@dataclass(frozen=True, slots=True)
class Planned:
    """What was done: the leave, and how many slots were withdrawn."""

    leave: PlannedLeave
    withdrawn: int


@in_one_transaction
def plan_leave(*, doctor: Doctor, first_day: date, last_day: date, note: str, actor: Actor, now: datetime) -> Planned:
    """Write down whole days on the centre's clock and withdraw the doctor's slots in them, those made by hand too.

    Raises PlannedDaysError, or BookedInLeaveError where a slot is booked, drafted or held.
    """
    today = now.astimezone(doctor.centre.zone).date()
    in_order = today <= first_day <= last_day
    if not in_order or last_day - first_day >= LONGEST or last_day - today > FURTHEST:
        raise PlannedDaysError
    lock_doctor(doctor_id=doctor.pk)
    span = queries.span_of(first_day, last_day, zone=doctor.centre.zone)
    inside = queries.slot_ids_between(doctor.pk, since=max(now, span[0]), until=span[1])
    lock_slots(slot_ids=inside)
    # Under the locks nobody books any of these.
    taken = queries.still_in_use(inside)
    if taken:
        raise BookedInLeaveError(len(taken))
    withdrawn = Slot.objects.filter(pk__in=inside, is_withdrawn=False).update(
        is_withdrawn=True, withdrawn_by_hours=True
    )
    leave = PlannedLeave.objects.create(
        doctor=doctor,
        first_day=first_day,
        last_day=last_day,
        note=note.replace("\x00", "").strip()[:500],
        entered_at=now,
        entered_by=actor.label,
    )
    return Planned(leave, withdrawn)


@in_one_transaction
def call_off_leave(*, leave_id: int, now: datetime) -> int:
    """Strike a planned leave and put back on offer what it withdrew, as far as nothing else keeps the doctor away.

    Returns how many slots are offered again. Raises PlannedLeave.DoesNotExist, PlannedDaysError for one that is over.
    """
    leave = PlannedLeave.objects.select_related("doctor__centre").get(pk=leave_id)
    doctor = leave.doctor
    lock_doctor(doctor_id=doctor.pk)
    if leave.last_day < now.astimezone(doctor.centre.zone).date():
        raise PlannedDaysError
    span = queries.span_of(leave.first_day, leave.last_day, zone=doctor.centre.zone)
    leave.delete()
    calendar = queries.calendar_of_doctor(doctor, first=span[0].date(), last=span[1].date(), now=now)
    by_hand = [
        slot.pk
        for slot in queries.hand_made_off(doctor.pk, since=max(now, span[0]), until=span[1])
        if not calendar.is_away(slot.starts_at, slot.ends_at)
    ]
    lock_slots(slot_ids=by_hand)
    Slot.objects.filter(pk__in=by_hand).update(is_withdrawn=False, withdrawn_by_hours=False)
    done = make_slots(doctor_id=doctor.pk, now=now)
    return len(by_hand) + len(done.put_back) + len(done.make)
