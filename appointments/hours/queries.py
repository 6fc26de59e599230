"""Rows about weekly hours and what they lead to. Read-only."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from appointments.hours.plan import Existing
from appointments.hours.times import Calendar, Hours, Offered
from appointments.models import (
    Appointment,
    Centre,
    Doctor,
    EmergencyLeave,
    HolidayYear,
    LeaveAlternative,
    PlannedLeave,
    Slot,
    User,
    WeeklyHours,
)
from appointments.public_holidays import holidays_of
from appointments.queries import centres_of

_OVER = (Appointment.Status.CANCELLED, Appointment.Status.RESCHEDULED)


def hours_of(row: WeeklyHours) -> Hours:
    """Return what a row says."""
    return Hours(
        weekday=row.weekday,
        begins=row.begins,
        ends=row.ends,
        length=timedelta(minutes=row.slot_minutes),
        pause=timedelta(minutes=row.pause_minutes),
        price=row.price,
        first_day=row.first_day,
        last_day=row.last_day,
    )


def is_in_use() -> Q:
    """Match slots that stand for somebody: booked, drafted, or held while a patient chooses."""
    taken = Appointment.objects.filter(slot=OuterRef("pk")).exclude(status__in=_OVER)
    kept = LeaveAlternative.objects.filter(slot=OuterRef("pk"), is_held=True)
    return Q(Exists(taken)) | Q(Exists(kept))


def existing_slots(doctor_id: int, *, now: datetime) -> list[Existing]:
    """Return a doctor's slots that are not over."""
    slots = Slot.objects.filter(doctor=doctor_id, ends_at__gt=now).order_by("starts_at", "pk")
    used = set(slots.filter(is_in_use()).values_list("pk", flat=True))
    return [
        Existing(
            key=slot.pk,
            time=Offered(slot.starts_at, slot.ends_at, slot.price),
            is_generated=slot.is_generated,
            is_in_use=slot.pk in used,
            is_withdrawn=slot.is_withdrawn,
            is_off=slot.withdrawn_by_hours,
        )
        for slot in slots
    ]


def calendar_of_doctor(doctor: Doctor, *, first: date, last: date, now: datetime) -> Calendar:
    """Return what keeps a doctor from working between two days; the centre is loaded."""
    zone = doctor.centre.zone
    away = [
        span_of(leave.first_day, leave.last_day, zone=zone)
        for leave in PlannedLeave.objects.filter(doctor=doctor, last_day__gte=first)
    ]
    started = EmergencyLeave.objects.filter(doctor=doctor, started_at__isnull=False, ends_at__gt=now)
    away += started.values_list("starts_at", "ends_at")
    return Calendar(zone=zone, closed=closed_days_of(doctor.centre, first=first, last=last), away=away)


def closed_days_of(centre: Centre, *, first: date, last: date) -> dict[date, str]:
    """Return the centre's days off with their names: its own, and the public holidays of years it did not take over."""
    taken = set(centre.holiday_years.values_list("year", flat=True))
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        if year not in taken:
            found |= holidays_of(centre.country, centre.region, year=year)
    own = centre.closed_days.filter(on__range=(first, last))
    found |= {day: name or found.get(day, "") for day, name in own.values_list("on", "name")}
    return {day: name for day, name in found.items() if first <= day <= last}


def doctor_with_centre(doctor_id: int) -> Doctor:
    """Return a doctor with centre. Raises Doctor.DoesNotExist."""
    return Doctor.objects.select_related("centre").get(pk=doctor_id)


def doctors_of_centres(user: User) -> QuerySet[Doctor]:
    """Return the doctors of the centres this account works for, by name."""
    return Doctor.objects.filter(centre__in=centres_of(user)).select_related("centre").order_by("name", "pk")


def doctors_with_hours(*, now: datetime) -> list[int]:
    """Return the pks of doctors who have weekly hours, or still have slots to come that were made out of some."""
    slots = Slot.objects.filter(doctor=OuterRef("pk"), is_generated=True, starts_at__gt=now, is_withdrawn=False)
    hours = WeeklyHours.objects.filter(doctor=OuterRef("pk"))
    return list(Doctor.objects.filter(Exists(hours) | Exists(slots)).order_by("pk").values_list("pk", flat=True))


def last_generated(doctor_id: int) -> datetime | None:
    """Return the start of the last slot that was made out of hours, or None."""
    found = Slot.objects.filter(doctor=doctor_id, is_generated=True).aggregate(last=Max("starts_at"))
    last: datetime | None = found["last"]
    return last


def hours_of_doctor(doctor_id: int) -> list[WeeklyHours]:
    """Return a doctor's weekly hours in the order of the week."""
    return list(WeeklyHours.objects.filter(doctor=doctor_id).order_by("weekday", "begins", "pk"))


def slots_by_pk(keys: Iterable[int], *, limit: int) -> list[Slot]:
    """Return slots with doctor and centre, soonest first, at most `limit`."""
    slots = Slot.objects.filter(pk__in=list(keys)).select_related("doctor__centre")
    return list(slots.order_by("starts_at", "pk")[:limit])


def still_in_use(slot_ids: Iterable[int]) -> set[int]:
    """Return which of these slots stand for somebody. Whoever acts on it has locked them."""
    return set(Slot.objects.filter(is_in_use(), pk__in=list(slot_ids)).values_list("pk", flat=True))


def span_of(first_day: date, last_day: date, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the midnights around these days on a centre's clock."""
    return _midnight(first_day, zone), _midnight(last_day + timedelta(days=1), zone)


def slot_ids_between(doctor_id: int, *, since: datetime, until: datetime) -> list[int]:
    """Return the pks of a doctor's slots that touch this time, withdrawn ones too."""
    slots = Slot.objects.filter(doctor=doctor_id, starts_at__lt=until, ends_at__gt=since)
    return list(slots.order_by("pk").values_list("pk", flat=True))


def hand_made_off(doctor_id: int, *, since: datetime, until: datetime) -> list[Slot]:
    """Return a doctor's slots in this time that a leave withdrew and no hours bring back; none that starts with another."""
    twins = Slot.objects.filter(doctor=doctor_id, starts_at=OuterRef("starts_at"), withdrawn_by_hours=False)
    slots = Slot.objects.filter(~Exists(twins), doctor=doctor_id, is_generated=False, withdrawn_by_hours=True)
    found = slots.filter(starts_at__gt=since, starts_at__lt=until).order_by("starts_at", "-pk")
    return list({slot.starts_at: slot for slot in found}.values())


def planned_leaves_of(user: User) -> QuerySet[PlannedLeave]:
    """Return the planned leave of doctors of the centres this account works for."""
    return PlannedLeave.objects.filter(doctor__centre__in=centres_of(user)).select_related("doctor__centre")


def holiday_year(centre: Centre, year: int) -> HolidayYear | None:
    """Return the record of a year that the centre took over, or None."""
    return centre.holiday_years.filter(year=year).first()


def appointments_in(slot_ids: Iterable[int]) -> QuerySet[Appointment]:
    """Return what stands in these slots, soonest first."""
    inside = Appointment.objects.filter(slot__in=list(slot_ids)).exclude(status__in=_OVER)
    return inside.select_related("chain__patient", "slot__doctor__centre").order_by("slot__starts_at", "pk")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
