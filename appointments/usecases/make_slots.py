"""Make a doctor's slots out of the weekly hours: look first, then do it. Doing it twice, or twice at once, is doing it once."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from appointments.errors import ChangedMeanwhileError
from appointments.hours import queries
from appointments.hours.plan import SlotPlan, plan_slots
from appointments.hours.times import Times, times_of
from appointments.locks import lock_doctor, lock_slots
from appointments.models import Doctor, Slot
from appointments.transactions import in_one_transaction

_ONE_DAY = timedelta(days=1)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be done now for a doctor, and what the hours offer; `until` is the end of the days that slots are made for."""

    doctor: Doctor
    times: Times
    plan: SlotPlan
    until: datetime


def preview_slots(*, doctor_id: int, now: datetime) -> Preview:
    """Return what making the slots would do. Raises Doctor.DoesNotExist."""
    doctor = queries.doctor_with_centre(doctor_id)
    zone = doctor.centre.zone
    today = now.astimezone(zone).date()
    last = today + doctor.centre.slot_horizon_days * _ONE_DAY
    until = datetime.combine(last + _ONE_DAY, time.min, tzinfo=zone).astimezone(UTC)
    made_until = queries.last_generated(doctor_id)
    # Slots of a time when more days were made ahead are looked at too: hours may not offer them any more.
    furthest = max(until, made_until + _ONE_DAY) if made_until else until
    calendar = queries.calendar_of_doctor(
        doctor, first=today, last=furthest.astimezone(zone).date() + _ONE_DAY, now=now
    )
    hours = [queries.hours_of(row) for row in queries.hours_of_doctor(doctor_id)]
    every = times_of(hours, calendar, since=now, until=furthest)
    plan = plan_slots(every.offered, queries.existing_slots(doctor_id, now=now), make_until=until, now=now)
    every.left_out = [one for one in every.left_out if one.wall.date() <= last]
    return Preview(doctor, every, plan, until)


@in_one_transaction
def make_slots(*, doctor_id: int, now: datetime) -> SlotPlan:
    """Make, put back and withdraw slots so that what is on offer is what the hours offer; return what was done.

    What is booked, held, or made or changed by hand stays. Raises Doctor.DoesNotExist, ChangedMeanwhileError after
    five tries.
    """
    lock_doctor(doctor_id=doctor_id)
    before = preview_slots(doctor_id=doctor_id, now=now).plan
    lock_slots(slot_ids=before.touched)
    # Under the locks nobody books these, and nobody makes, changes or withdraws slots of this doctor by hand.
    plan = preview_slots(doctor_id=doctor_id, now=now).plan
    if not plan.touched <= before.touched:
        raise ChangedMeanwhileError
    Slot.objects.filter(pk__in=plan.withdraw).update(is_withdrawn=True, withdrawn_by_hours=True)
    Slot.objects.filter(pk__in=plan.put_back).update(is_withdrawn=False, withdrawn_by_hours=False)
    Slot.objects.bulk_create(
        (
            Slot(
                doctor_id=doctor_id,
                starts_at=time.starts_at,
                ends_at=time.ends_at,
                price=time.price,
                is_generated=True,
            )
            for time in plan.make
        ),
        batch_size=_AT_ONCE,
    )
    return plan
